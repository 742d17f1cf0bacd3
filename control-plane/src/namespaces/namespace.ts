/** The kind `namespaces`: a named set of servers with rules for their tools. */
import { z } from 'zod';
import type { Kind } from '../configuration/kind.ts';
import { jsonPointer } from '../http/json-pointer.ts';
import {
  commonComputed,
  commonFields,
  exampleComputed,
  objectName,
  pageOf,
  repeatedName,
} from '../http/object-schemas.ts';

const visibleName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, {
  error: 'names that clients see are 1 to 128 letters, digits, "_", "-" and "."',
});
const glob = z.string().min(1).max(256);
const originalName = z.string().min(1).max(256);

const annotations = z
  .strictObject({
    title: z.string().max(256).optional(),
    readOnlyHint: z.boolean().optional().describe('True: read-only keys may call it.'),
    destructiveHint: z.boolean().optional(),
    idempotentHint: z.boolean().optional(),
    openWorldHint: z.boolean().optional(),
  })
  .meta({
    id: 'ToolAnnotations',
    description: 'As in MCP, in its spelling. What is set here replaces what the server says.',
  });

const toolOverride = z
  .strictObject({
    name: visibleName.optional().describe('The whole visible name; no prefix is added.'),
    title: z.string().max(256).optional(),
    description: z.string().max(16_384).optional(),
    annotations: annotations.optional(),
    enabled: z.boolean().optional().describe('False hides it.'),
  })
  .meta({ id: 'ToolOverride', description: 'What you set on one tool or prompt.' });

const member = z
  .strictObject({
    server: objectName.describe('Name of a server.'),
    enabled: z.boolean().default(true),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{0,63}$/, {
        error: 'must be up to 63 letters, digits, "_", "-" and "."',
      })
      .optional()
      .describe(
        'Goes before names, with the separator. Default: the name of the server; empty: none.',
      ),
    include: z
      .array(glob)
      .max(1000)
      .default([])
      .describe('Globs (`*` only) on original names of tools and prompts. Empty: all.'),
    exclude: z.array(glob).max(1000).default([]).describe('As `include`; wins over it.'),
    tools: z
      .record(originalName, toolOverride)
      .default({})
      .describe('By original name of a tool or prompt.'),
  })
  .meta({ id: 'NamespaceMember', description: 'A server in a namespace.' });

const fields = {
  ...commonFields,
  members: z
    .array(member)
    .max(500)
    .describe('In the order in which clients see them; each server once.'),
  separator: z.enum(['__', '.', '-', '_']).default('__').describe('Between prefix and name.'),
  max_name_length: z
    .int()
    .min(16)
    .max(128)
    .default(64)
    .describe('Longer visible names are shortened, with a hash that stays the same.'),
  resource_uris: z
    .enum(['auto', 'prefix', 'keep'])
    .default('auto')
    .describe(
      '`prefix`: URIs carry the server’s name, reversibly. `keep`: as the server gave them. `auto`: `keep` with one member, else `prefix`.',
    ),
  new_tools: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('Whether tools are shown that neither `include` nor `tools` of a member names.'),
};

export const namespaceConfig = z.object(fields);

export const namespaceBody = z
  .strictObject({ ...repeatedName, ...fields })
  .meta({ id: 'NamespaceConfig', description: 'What you PUT.' });

export const namespaceState = z.object({});

export const clash = z
  .object({
    kind: z.enum(['tool', 'prompt', 'resource', 'template']),
    visible_name: z.string(),
    claimants: z.array(z.string()).describe('As `server/original name`.'),
  })
  .meta({
    id: 'Clash',
    description: 'A visible name that several originals would have: none is shown.',
  });

export const namespaceStatus = z
  .object({
    tools: z.int().describe('As far as its servers are known.'),
    prompts: z.int(),
    resources: z.int(),
    unknown_servers: z.array(z.string()).describe('Members that have not been listed yet.'),
    clashes: z.array(clash),
  })
  .meta({ id: 'NamespaceStatus', description: 'Computed: what clients see of it.' });

const namespaceExample = {
  name: 'tour',
  ...namespaceConfig.parse({
    members: [{ server: 'everything' }, { server: 'memory', prefix: 'kg' }],
  }),
  ...exampleComputed,
  status: { tools: 22, prompts: 4, resources: 10, unknown_servers: [], clashes: [] },
};

export const namespace = z
  .object({ name: objectName, ...fields, ...commonComputed, status: namespaceStatus })
  .meta({
    id: 'Namespace',
    description: 'A named set of servers with rules for their tools.',
    examples: [namespaceExample],
  });

export const namespacePage = pageOf(namespace, 'NamespacePage');

export type NamespaceConfig = z.output<typeof namespaceConfig>;
export type NamespaceBody = z.output<typeof namespaceBody>;
export type NamespaceState = z.output<typeof namespaceState>;
export type NamespaceStatus = z.output<typeof namespaceStatus>;

export const NAMESPACES: Kind<NamespaceConfig, NamespaceState> = {
  kind: 'namespaces',
  noun: 'namespace',
  config: namespaceConfig,
  state: namespaceState,
  references: ({ members }) =>
    members.map(({ server }, index) => ({
      kind: 'servers',
      name: server,
      pointer: jsonPointer(['members', index, 'server']),
    })),
};
