/** A server as the data path gets it: secrets opened, defaults filled in. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Stored } from '../configuration/kind.ts';
import type { OpenedSecrets, SecretValues } from '../secrets/secret-store.ts';
import { secretInArgument } from './check-server.ts';
import type { ServerConfig, ServerState } from './server.ts';

export interface ServerSecrets {
  readonly env: OpenedSecrets;
  readonly headers: OpenedSecrets;
}

export function serverPolicy(
  { name, config, state }: Stored<ServerConfig, ServerState>,
  secrets: ServerSecrets,
): ServerRuntime {
  return {
    name,
    revision: state.generation,
    // A server without one of its secrets would only fail, or worse, act as somebody else.
    enabled: config.enabled && isReadable(secrets),
    transport: config.transport,
    ...(config.command !== undefined && { command: config.command }),
    args: config.args.map((argument) => withSecret(argument, config, secrets.env.values)),
    ...(config.cwd !== undefined && { cwd: config.cwd }),
    env: { ...config.env, ...secrets.env.values },
    ...(config.url !== undefined && { url: config.url }),
    headers: { ...config.headers, ...secrets.headers.values },
    forwardHeaders: config.forward_headers.map((header) => header.toLowerCase()),
    isolation: config.isolation,
    trustAnnotations: config.trust_annotations,
    connectTimeoutMs: config.connect_timeout_ms,
    requestTimeoutMs: config.request_timeout_ms,
    totalTimeoutMs: config.total_timeout_ms,
    idleTimeoutMs: config.idle_timeout_ms,
    probeIntervalMs: config.probe_interval_ms,
    maxUpstreams: config.max_upstreams,
    maxUpstreamsPerPrincipal: config.max_upstreams_per_principal,
    ...(config.memory_limit_mib !== undefined && {
      memoryLimitBytes: config.memory_limit_mib * 1024 * 1024,
    }),
  };
}

function withSecret(argument: string, config: ServerConfig, env: SecretValues): string {
  const name = config.secret_in_args ? secretInArgument(argument) : undefined;
  if (name === undefined) return argument;
  return argument.slice(0, -`secret:${name}`.length) + (env[name] ?? '');
}

function isReadable({ env, headers }: ServerSecrets): boolean {
  return env.unreadable.length === 0 && headers.unreadable.length === 0;
}
