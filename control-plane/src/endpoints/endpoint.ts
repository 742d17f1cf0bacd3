/** The kind `endpoints`: the public URL of a namespace. */
import { z } from 'zod';
import type { Kind } from '../configuration/kind.ts';
import {
  commonComputed,
  commonFields,
  exampleComputed,
  objectName,
  pageOf,
  repeatedName,
} from '../http/object-schemas.ts';

const path = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, "_" and "-"' })
  .describe('Part of the URL, case-sensitive, of one endpoint only. Default: the name.');

const origin = z.string().refine((value) => value === '*' || isOrigin(value), {
  error:
    'must be an origin such as https://app.example.com, without path, trailing slash or pattern, or * alone',
});

const fields = {
  ...commonFields,
  namespace: objectName.describe('What clients get there.'),
  auth: z
    .array(z.enum(['none', 'key']))
    .min(1)
    .max(2)
    .default(['key'])
    .describe(
      'How clients may come; any of them is enough. `none`: open to everybody, limits count per IP.',
    ),
  transports: z
    .array(z.enum(['streamable-http', 'sse', 'rest']))
    .min(1)
    .max(3)
    .default(['streamable-http', 'sse', 'rest'])
    .describe(
      'What clients may speak. `sse`: HTTP+SSE of 2024-11-05, for older clients. `rest`: each tool as a plain POST.',
    ),
  allowed_origins: z
    .array(origin)
    .max(100)
    .default([])
    .describe('Web pages of other origins that may use it from a browser; `*`: all.'),
  query_key: z
    .boolean()
    .default(false)
    .describe(
      'Accepts `?api_key=` for clients that cannot send headers. URLs end up in many logs: prefer headers.',
    ),
  enabled: z
    .boolean()
    .default(true)
    .describe('False: switched off. Those who might use it get 404.'),
};

export const endpointBody = z
  .strictObject({ ...repeatedName, ...fields, path: path.optional() })
  .meta({ id: 'EndpointConfig', description: 'What you PUT.' });

export const endpointConfig = z.object({ ...fields, path });

export const endpointState = z.object({});

const endpointExample = {
  name: 'default',
  ...endpointConfig.parse({ namespace: 'tour', path: 'default' }),
  url: 'http://127.0.0.1:12008/metamcp/default/mcp',
  sse_url: 'http://127.0.0.1:12008/metamcp/default/sse',
  rest_url: 'http://127.0.0.1:12008/metamcp/default/api',
  ...exampleComputed,
};

export const endpoint = z
  .object({
    name: objectName,
    ...fields,
    path,
    url: z.string().describe('Computed: what clients connect to.'),
    sse_url: z
      .string()
      .optional()
      .describe('Computed: what clients of HTTP+SSE connect to; absent when it is not offered.'),
    rest_url: z
      .string()
      .optional()
      .describe(
        'Computed: the docs page of the tools as REST, below it each of them; absent when it is not offered.',
      ),
    ...commonComputed,
  })
  .meta({
    id: 'Endpoint',
    description: 'The public URL of a namespace.',
    examples: [endpointExample],
  });

export const endpointPage = pageOf(endpoint, 'EndpointPage');

export type EndpointBody = z.output<typeof endpointBody>;
export type EndpointConfig = z.output<typeof endpointConfig>;
export type EndpointState = z.output<typeof endpointState>;

export const ENDPOINTS: Kind<EndpointConfig, EndpointState> = {
  kind: 'endpoints',
  noun: 'endpoint',
  config: endpointConfig,
  state: endpointState,
  references: ({ namespace }) => [{ kind: 'namespaces', name: namespace, pointer: '/namespace' }],
  unique: (config) => ({ value: config.path, pointer: '/path' }),
};

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
