/** The kind `admin-keys`: keys for the control-plane API. */
import { z } from 'zod';
import type { Kind } from '../configuration/kind.ts';
import { SCOPES } from '../http/actor.ts';
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
} from '../keys/key-fields.ts';

const fields = {
  ...commonFields,
  scope: z
    .enum(SCOPES)
    .describe(
      '`viewer` reads; `editor` writes too; `owner` also manages admin keys and stdio servers.',
    ),
  expires_at: expiresAt,
};

export const adminKeyConfig = z.object(fields);

export const adminKeyBody = z
  .strictObject({ ...repeatedName, ...fields, secret: importedSecret })
  .meta({ id: 'AdminKeyConfig', description: 'What you PUT.' });

export const newAdminKeyBody = z
  .strictObject({ name: objectName, ...fields })
  .meta({ id: 'NewAdminKey', description: 'An admin key to issue.' });

const shape = { name: objectName, ...fields, ...keyComputed, ...commonComputed };

const adminKeyExample = {
  name: 'terraform',
  ...adminKeyConfig.parse({ scope: 'editor' }),
  ...keyExampleComputed,
  ...exampleComputed,
};

export const adminKey = z.object(shape).meta({
  id: 'AdminKey',
  description: 'A key for the control-plane API.',
  examples: [adminKeyExample],
});

export const issuedAdminKey = z.object({ ...shape, ...shownSecret }).meta({
  id: 'IssuedAdminKey',
  description: 'An admin key with its new secret, shown once.',
  examples: [{ ...adminKeyExample, secret: 'mma_…' }],
});

export const adminKeyPage = pageOf(adminKey, 'AdminKeyPage');

export type AdminKeyConfig = z.output<typeof adminKeyConfig>;
export type AdminKeyBody = z.output<typeof adminKeyBody>;

export const ADMIN_KEYS_KIND: Kind<AdminKeyConfig, KeyState> = {
  kind: 'admin-keys',
  noun: 'admin key',
  config: adminKeyConfig,
  state: keyState,
  references: () => [],
};
