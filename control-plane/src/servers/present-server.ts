/** A server as the API shows it: names of secrets instead of values, and how it is doing. */
import type { UpstreamStatus } from '@sluice/contract/upstream-status';
import type { Stored } from '../configuration/kind.ts';
import { type Presented, presentCommon } from '../configuration/objects.ts';
import type { OpenedSecrets, SecretStore } from '../secrets/secret-store.ts';
import type { Reader } from '../storage/configuration-database.ts';
import { secretInArgument } from './check-server.ts';
import type { ServerConfig, ServerState, ServerStatus } from './server.ts';
import type { ServerStatuses } from './server-statuses.ts';

export interface PresentServerDeps {
  readonly secrets: SecretStore;
  readonly statuses: ServerStatuses;
}

export function createPresentServer({ secrets, statuses }: PresentServerDeps) {
  return async (object: Stored<ServerConfig, ServerState>, db: Reader): Promise<Presented> => {
    const owner = { kind: 'servers', name: object.name } as const;
    const env = await secrets.open(db, owner, 'secret_env');
    const headers = await secrets.open(db, owner, 'secret_headers');
    const known = currentStatus(object, statuses.get(object.name));
    const warnings = [
      ...warningsOf(object.config),
      ...(known?.warnings ?? []),
      ...unreadable('secret_env', env),
      ...unreadable('secret_headers', headers),
    ];
    return {
      ...presentCommon(object),
      secret_env_set: namesOf(env),
      secret_headers_set: namesOf(headers),
      status: { ...presentStatus(object.config, known), warnings },
    };
  };
}

function namesOf({ values, unreadable }: OpenedSecrets): string[] {
  return [...Object.keys(values), ...unreadable].sort();
}

function unreadable(field: string, secrets: OpenedSecrets): string[] {
  return secrets.unreadable.map(
    (name) =>
      `${field}/${name}: the stored value was altered and can't be opened; the server is off until it is sent again`,
  );
}

/** What the sidecar said of an older configuration says nothing about this one. */
function currentStatus(
  { config, state }: Stored<ServerConfig, ServerState>,
  known: UpstreamStatus | undefined,
): UpstreamStatus | undefined {
  return config.enabled && known?.revision === state.generation ? known : undefined;
}

function presentStatus(
  { enabled }: ServerConfig,
  known: UpstreamStatus | undefined,
): Omit<ServerStatus, 'warnings'> {
  if (!known) return { health: enabled ? 'unknown' : 'disabled', upstreams: 0, processes: [] };
  return {
    health: known.health,
    era: known.era,
    protocol_version: known.protocolVersion,
    server_name: known.serverName,
    server_version: known.serverVersion,
    tools: known.tools,
    prompts: known.prompts,
    resources: known.resources,
    upstreams: known.upstreams,
    processes: [...known.pids],
    last_error: known.lastError,
    last_error_at: isoTime(known.lastErrorAt),
    next_try_at: isoTime(known.nextTryAt),
    stderr: known.stderr && [...known.stderr],
  };
}

function warningsOf(config: ServerConfig): string[] {
  if (!config.args.some((argument) => secretInArgument(argument) !== undefined)) return [];
  return [
    'secret_in_args: a secret is in the arguments of the process, where every user of the machine can read it',
  ];
}

function isoTime(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
