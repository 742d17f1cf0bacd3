/** From the body of a PUT to what is stored: secrets merged, combinations checked. */

import { isDeepStrictEqual } from 'node:util';
import type { Draft } from '../configuration/configuration-writer.ts';
import type { PutContext } from '../configuration/objects.ts';
import { includesScope } from '../http/actor.ts';
import { jsonPointer } from '../http/json-pointer.ts';
import { Problem, unprocessable } from '../http/problem.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { type Complaint, checkServer } from './check-server.ts';
import { mergeSecrets, type SecretMerge } from './merge-secrets.ts';
import {
  RUNTIME_FIELDS,
  type ServerBody,
  type ServerConfig,
  type ServerState,
  serverConfig,
} from './server.ts';

export interface DraftServerDeps {
  readonly secrets: SecretStore;
  readonly stdio: 'any' | 'allow-list' | 'off';
}

export function createDraftServer({ secrets, stdio }: DraftServerDeps) {
  return async (
    body: ServerBody,
    context: PutContext<ServerConfig, ServerState>,
  ): Promise<Draft<ServerConfig, ServerState>> => {
    const { before, db, revision, name } = context;
    const config = serverConfig.parse(body);
    const owner = { kind: 'servers', name } as const;
    const stored = (field: string) => secrets.open(db, owner, field);
    const env = mergeSecrets('secret_env', await stored('secret_env'), body.secret_env);
    const headers = mergeSecrets(
      'secret_headers',
      await stored('secret_headers'),
      body.secret_headers,
    );
    const names = { env: env.names, headers: headers.names };
    const complaints = [
      ...checkServer(config, names, stdio),
      ...checkKept(before?.config, config, [env, headers]),
      ...env.complaints,
      ...headers.complaints,
    ];
    if (complaints.length > 0) throw unprocessable(complaints);
    const diff = [...env.diff, ...headers.diff];
    const same = before && diff.length === 0 && isSameRuntime(before.config, config);
    if (!same) checkOwner(config, before?.config, context);
    return {
      config,
      state: { generation: same ? before.state.generation : revision },
      secrets: {
        diff,
        async store(trx) {
          for (const merge of [env, headers]) await merge.store(secrets, trx, owner);
        },
      },
    };
  };
}

/**
 * Stored secrets stay with the place they were given for: otherwise whoever may edit a server could
 * point it at a host of his own and read them there.
 */
function checkKept(
  before: ServerConfig | undefined,
  after: ServerConfig,
  merges: readonly SecretMerge[],
): Complaint[] {
  const [from, to] = [before && destination(before), destination(after)];
  if (from === undefined || from === to) return [];
  return merges.flatMap(({ field, kept }) =>
    kept.map((name) => ({
      pointer: jsonPointer([field, name]),
      code: 'secret_kept',
      message: `was given for ${from}, and the server would now be ${to}: send it again, or remove it with null`,
    })),
  );
}

function destination(config: ServerConfig): string {
  if (config.transport === 'stdio') return `the command ${config.command}`;
  return config.url === undefined ? 'nowhere' : new URL(config.url).origin;
}

/** A command runs as the gateway's own user and could read its key files: that is an owner's power. */
function checkOwner(
  after: ServerConfig,
  before: ServerConfig | undefined,
  { origin, name }: PutContext<ServerConfig, ServerState>,
): void {
  const isStdio = after.transport === 'stdio' || before?.transport === 'stdio';
  if (!isStdio || includesScope(origin.actor.scope, 'owner')) return;
  throw new Problem(
    'forbidden',
    `servers/${name} is a command on the gateway's machine: to create it or change how it runs takes an ` +
      `admin key of scope owner; "${origin.actor.name}" has ${origin.actor.scope}`,
  );
}

function isSameRuntime(before: ServerConfig, after: ServerConfig): boolean {
  return RUNTIME_FIELDS.every((field) => isDeepStrictEqual(before[field], after[field]));
}
