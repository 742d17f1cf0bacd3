/** Reads from the database what decisions are taken on: all of it at start, then one object per write. */
import type { PolicyOf, PolicyStep } from '../configuration/configuration-writer.ts';
import type { CommonConfig, Kind, Stored } from '../configuration/kind.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { currentRevision } from '../configuration/revision.ts';
import type { PolicyChange } from '../decision/policy.ts';
import { ENDPOINTS } from '../endpoints/endpoint.ts';
import { endpointPolicy } from '../endpoints/endpoint-policy.ts';
import { allCredentials, credentialsOf } from '../keys/credential-store.ts';
import { KEYS } from '../keys/key.ts';
import { keyPolicy } from '../keys/key-policy.ts';
import { NAMESPACES } from '../namespaces/namespace.ts';
import { namespacePolicy } from '../namespaces/namespace-policy.ts';
import { LIMITS } from '../rate-limits/limit.ts';
import { limitPolicy } from '../rate-limits/limit-policy.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { SERVERS } from '../servers/server.ts';
import { serverPolicy } from '../servers/server-policy.ts';
import type { Reader } from '../storage/configuration-database.ts';

export interface PolicySource {
  /** Everything, as the first step. */
  full(db: Reader): Promise<PolicyChange>;
  readonly of: PolicyOf;
}

/** The kinds that decisions know; each reads its objects, and makes a policy of one. */
interface PolicyPart {
  all(db: Reader): Promise<Readonly<Record<string, unknown>>>;
  /** null = it does not exist (any more). */
  one(db: Reader, name: string): Promise<unknown>;
}

type PolicyKind = keyof PolicyStep;

export function createPolicySource({ secrets }: { readonly secrets: SecretStore }): PolicySource {
  const parts: Readonly<Record<PolicyKind, PolicyPart>> = {
    servers: policyPart(SERVERS, async (server, db) => {
      const owner = { kind: 'servers', name: server.name } as const;
      return serverPolicy(server, {
        env: await secrets.open(db, owner, 'secret_env'),
        headers: await secrets.open(db, owner, 'secret_headers'),
      });
    }),
    namespaces: policyPart(NAMESPACES, async ({ name, config }) => namespacePolicy(name, config)),
    endpoints: policyPart(ENDPOINTS, async ({ name, config }) => endpointPolicy(name, config)),
    keys: {
      ...policyPart(KEYS, async (key, db) =>
        keyPolicy(key, await credentialsOf(db, { kind: 'keys', name: key.name })),
      ),
      all: allKeys,
    },
    limits: policyPart(LIMITS, async (limit) => limitPolicy(limit)),
  };
  const isPolicyKind = (kind: string): kind is PolicyKind => kind in parts;
  return {
    async full(db) {
      const version = await currentRevision(db);
      const all: Record<string, unknown> = {};
      for (const [kind, part] of Object.entries(parts)) all[kind] = await part.all(db);
      return { version, full: true, ...(all as PolicyStep) };
    },
    async of(db, kind, name) {
      if (!isPolicyKind(kind)) return undefined;
      const step: PolicyStep = { [kind]: { [name]: await parts[kind].one(db, name) } };
      return step;
    },
  };
}

/** There may be very many keys: one query for all their credentials. */
async function allKeys(db: Reader): Promise<Readonly<Record<string, unknown>>> {
  const credentials = await allCredentials(db, 'keys');
  const keys = await createObjectStore(KEYS).all(db);
  return Object.fromEntries(
    keys.map((key) => [key.name, keyPolicy(key, credentials.get(key.name) ?? [])]),
  );
}

function policyPart<C extends CommonConfig, S>(
  kind: Kind<C, S>,
  toPolicy: (object: Stored<C, S>, db: Reader) => Promise<unknown>,
): PolicyPart {
  const store = createObjectStore(kind);
  return {
    async all(db) {
      const policies: [string, unknown][] = [];
      for (const object of await store.all(db)) {
        policies.push([object.name, await toPolicy(object, db)]);
      }
      return Object.fromEntries(policies);
    },
    async one(db, name) {
      const object = await store.get(db, name);
      return object ? toPolicy(object, db) : null;
    },
  };
}
