/** The kind `keys`: API keys of clients. */
import { z } from 'zod';
import type { Kind } from '../configuration/kind.ts';
import { storedToolGlob, toolGlob } from '../configuration/tool-glob.ts';
import { jsonPointer } from '../http/json-pointer.ts';
import {
  commonComputed,
  commonFields,
  exampleComputed,
  objectName,
  pageOf,
  repeatedName,
} from '../http/object-schemas.ts';
import {
  expiresAt,
  importedSecret,
  type KeyState,
  keyComputed,
  keyExampleComputed,
  keyState,
  shownSecret,
} from './key-fields.ts';

const fields = {
  ...commonFields,
  subject: z
    .string()
    .max(200)
    .regex(/^[!-~]+$/, { error: 'must be printable ASCII without spaces' })
    .regex(/^(?!key:|ip:)/, {
      error: 'must not begin with key: or ip:, which the gateway uses itself',
    })
    .optional()
    .describe(
      'Who uses it. Keys with the same subject are one principal: they share limits and upstreams.',
    ),
  endpoints: z
    .array(
      z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,62})$/, {
        error: 'must be the name of an endpoint, or * for all',
      }),
    )
    .min(1)
    .max(500)
    .describe('Names of endpoints it is good for; `*`: all, future ones too.'),
  allow: z
    .array(toolGlob)
    .max(1000)
    .default([])
    .describe(
      'Globs (`*` only) on `server/original name` of tools and prompts. Resources and templates are granted by server: a glob that covers all of it (`server/*`) covers them. With any, everything else is out of sight.',
    ),
  deny: z
    .array(toolGlob)
    .max(1000)
    .default([])
    .describe(
      'As `allow`; wins over it. Resources are hidden only by a glob that covers all of their server.',
    ),
  read_only: z
    .boolean()
    .default(false)
    .describe(
      'Only tools whose `readOnlyHint` is set by you in a namespace, or trusted on the server.',
    ),
  expires_at: expiresAt,
};

const storedGlobs = z.array(storedToolGlob).default([]);

export const keyConfig = z.object({ ...fields, allow: storedGlobs, deny: storedGlobs });

export const keyBody = z
  .strictObject({ ...repeatedName, ...fields, secret: importedSecret })
  .meta({ id: 'KeyConfig', description: 'What you PUT.' });

export const newKeyBody = z
  .strictObject({ name: objectName, ...fields })
  .meta({ id: 'NewKey', description: 'A key to issue.' });

const shape = {
  name: objectName,
  ...fields,
  principal: z.string().describe('Computed: who the caller is in limits and records.'),
  ...keyComputed,
  ...commonComputed,
};

const keyExample = {
  name: 'alice',
  ...keyConfig.parse({ endpoints: ['default'], subject: 'alice@example.com' }),
  principal: 'alice@example.com',
  ...keyExampleComputed,
  ...exampleComputed,
};

export const key = z
  .object(shape)
  .meta({ id: 'Key', description: 'An API key of a client.', examples: [keyExample] });

export const issuedKey = z.object({ ...shape, ...shownSecret }).meta({
  id: 'IssuedKey',
  description: 'A key with its new secret, shown once.',
  examples: [{ ...keyExample, secret: 'mm_…' }],
});

export const keyPage = pageOf(key, 'KeyPage');

export type KeyOptions = z.output<typeof keyConfig>;
export type KeyBody = z.output<typeof keyBody>;

export const KEYS: Kind<KeyOptions, KeyState> = {
  kind: 'keys',
  noun: 'key',
  config: keyConfig,
  state: keyState,
  references: ({ endpoints }) =>
    endpoints.flatMap((name, index) =>
      name === '*'
        ? []
        : [{ kind: 'endpoints', name, pointer: jsonPointer(['endpoints', index]) } as const],
    ),
};
