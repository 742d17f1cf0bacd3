/** The kind `servers`: an upstream MCP server as registered. */
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

const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: 'names of environment variables are letters, digits and "_", not beginning with a digit',
});
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, {
  error: 'must be the name of an HTTP header',
});
const text = z
  .string()
  .max(8192)
  .regex(/^[^\0]*$/, { error: 'must not contain a NUL character' });
const headerValue = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, {
    error: 'must be the value of an HTTP header, on one line',
  });
const milliseconds = (defaultValue: number, most: number) =>
  z.int().min(100).max(most).default(defaultValue);

const transport = z.enum(['stdio', 'streamable-http', 'sse'], {
  error: 'must be stdio, streamable-http or sse',
});

const reached = {
  transport: transport.describe(
    '`stdio`: the gateway starts `command`. `streamable-http` and `sse` (HTTP+SSE, revision 2024-11-05): it connects to `url`.',
  ),
  command: text.min(1).optional().describe('stdio: the program, as in a shell but without one.'),
  args: z
    .array(text)
    .max(256)
    .default([])
    .describe(
      'stdio. With `secret_in_args`, an argument may be or end with `=` and `secret:NAME`, a name of `secret_env`.',
    ),
  env: z
    .record(environmentName, text)
    .default({})
    .describe(
      'stdio. Plain values, shown to every viewer, or `env:NAME`: taken from `SLUICE_ENV_FILE` when the server starts.',
    ),
  cwd: text
    .regex(/^\//, { error: 'must be an absolute path' })
    .optional()
    .describe('stdio: working folder.'),
  url: z
    .string()
    .max(2048)
    .regex(/^https?:\/\//, { error: 'must begin with http:// or https://' })
    .refine((value) => URL.canParse(value), { error: 'must be a URL' })
    .optional()
    .describe(
      'streamable-http: the MCP endpoint of the server. sse: its event stream, often `/sse`.',
    ),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .describe('HTTP transports. Plain values, shown to every viewer, or `env:NAME` as in `env`.'),
  forward_headers: z
    .array(headerName)
    .max(32)
    .default([])
    .describe('HTTP transports. Headers of clients that are passed on; never credentials.'),
  secret_in_args: z
    .boolean()
    .default(false)
    .describe(
      'Admits secrets in `args`, where every user of the machine can read them in the process list. The status says so.',
    ),
  connect_timeout_ms: milliseconds(30_000, 300_000).describe(
    'Start and `initialize`. The first start of an `npx` server includes its download.',
  ),
  request_timeout_ms: milliseconds(60_000, 3_600_000).describe(
    'One call without progress: each step that the server reports begins the time anew, and it stands still while the client is asked.',
  ),
  total_timeout_ms: milliseconds(3_600_000, 86_400_000).describe(
    'One call in all. Nothing extends it.',
  ),
  idle_timeout_ms: milliseconds(300_000, 86_400_000).describe(
    'Unused for so long, an upstream is ended; the next call starts it again.',
  ),
  isolation: z
    .enum(['principal', 'session', 'shared'])
    .default('principal')
    .describe(
      'One upstream per principal, per client session, or one for all: the last only for servers that keep nothing about their user.',
    ),
  max_upstreams: z
    .int()
    .min(1)
    .max(10_000)
    .default(32)
    .describe(
      'Most children or upstream sessions at a time; the least recently used is ended first.',
    ),
  max_upstreams_per_principal: z.int().min(1).max(10_000).default(8),
  memory_limit_mib: z
    .int()
    .min(16)
    .max(1_048_576)
    .optional()
    .describe(
      'stdio: a child that uses more, with everything it started, is ended; looked at every five seconds. No limit by default.',
    ),
  enabled: z.boolean().default(true).describe('False hides its tools and ends its upstreams.'),
};

const fields = {
  ...commonFields,
  ...reached,
  probe_interval_ms: milliseconds(30_000, 86_400_000).describe(
    'Quiet for so long, give or take a quarter, the server is asked whether it is there: over an upstream that is open, or over HTTP in a session of the gateway’s own. No child is started for that.',
  ),
  trust_annotations: z
    .boolean()
    .default(false)
    .describe(
      'Believe the server’s own `readOnlyHint`. Without it only those count that a namespace sets.',
    ),
};

/** Settings that a running upstream depends on: when one changes, older upstreams are retired. */
export const RUNTIME_FIELDS = Object.keys(reached) as (keyof typeof reached)[];

const secretMap = (name: z.ZodString, value: z.ZodString, of: string) =>
  z
    .record(name, value.min(1).nullable().meta({ format: 'password' }))
    .optional()
    .meta({
      writeOnly: true,
      description: `Write-only, sealed at rest: ${of}. A name that is absent keeps its value, null removes it.`,
    });

export const serverConfig = z.object(fields);

export const serverBody = z
  .strictObject({
    ...repeatedName,
    ...fields,
    secret_env: secretMap(environmentName, text, 'environment variables (stdio)'),
    secret_headers: secretMap(headerName, headerValue, 'request headers (HTTP transports)'),
  })
  .meta({
    id: 'ServerConfig',
    description: 'What you PUT. Which fields apply depends on `transport`.',
  });

/** `generation`: the revision at which a runtime field or secret last changed. */
export const serverState = z.object({ generation: z.int() });

const time = z.iso.datetime().optional();

export const serverStatus = z
  .object({
    health: z
      .enum(['unknown', 'starting', 'ready', 'degraded', 'down', 'disabled'])
      .describe('`unknown`: not used since the gateway or the server’s configuration changed.'),
    era: z.enum(['legacy', 'modern']).optional(),
    protocol_version: z.string().optional(),
    server_name: z.string().optional().describe('`serverInfo` of the server.'),
    server_version: z.string().optional(),
    tools: z.int().optional(),
    prompts: z.int().optional(),
    resources: z.int().optional(),
    upstreams: z.int().describe('Live children or upstream sessions.'),
    processes: z.array(z.int()).describe('Process ids of the children.'),
    last_error: z.string().optional(),
    last_error_at: time,
    next_try_at: time,
    stderr: z
      .array(z.string())
      .optional()
      .describe('The last lines a child wrote, without secrets.'),
    warnings: z.array(z.string()).describe('What you should know about this server.'),
  })
  .meta({ id: 'ServerStatus', description: 'Computed: how the server is doing.' });

const serverExample = {
  name: 'search',
  ...z.object(fields).parse({
    transport: 'streamable-http',
    url: 'https://mcp.example.com/mcp',
    labels: { team: 'search' },
  }),
  secret_env_set: [],
  secret_headers_set: ['Authorization'],
  ...exampleComputed,
  status: {
    health: 'ready',
    era: 'legacy',
    protocol_version: '2025-11-25',
    tools: 12,
    prompts: 0,
    resources: 3,
    upstreams: 1,
    processes: [],
    warnings: [],
  },
};

export const server = z
  .object({
    name: objectName,
    ...fields,
    secret_env_set: z
      .array(z.string())
      .describe('Computed: names in `secret_env` that have a value.'),
    secret_headers_set: z
      .array(z.string())
      .describe('Computed: names in `secret_headers` that have a value.'),
    ...commonComputed,
    status: serverStatus,
  })
  .meta({
    id: 'Server',
    description: 'An upstream MCP server as registered.',
    examples: [serverExample],
  });

export const serverPage = pageOf(server, 'ServerPage');

export type ServerConfig = z.output<typeof serverConfig>;
export type ServerBody = z.output<typeof serverBody>;
export type ServerState = z.output<typeof serverState>;
export type ServerStatus = z.output<typeof serverStatus>;

export const SERVERS: Kind<ServerConfig, ServerState> = {
  kind: 'servers',
  noun: 'server',
  config: serverConfig,
  state: serverState,
  references: () => [],
};
