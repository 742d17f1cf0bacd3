/** From a key to the next: configuration by PUT, an imported secret, revocation. */
import type { Draft } from '../configuration/configuration-writer.ts';
import type { PutContext } from '../configuration/objects.ts';
import { importRefusal } from '../credentials/imported-secret.ts';
import { Problem, unprocessable } from '../http/problem.ts';
import type { Reader } from '../storage/configuration-database.ts';
import { findCredential, replaceCredential } from './credential-store.ts';
import type { KeyConfig, KeyState } from './key-fields.ts';
import type { KeyDeps, KeyKind, StoredKey } from './key-kind.ts';
import { newLineage } from './key-lineage.ts';

type KeyDraft<C> = Draft<C, KeyState>;

/** For PUT: never makes a secret, may take one over. */
export async function draftKey<
  C extends KeyConfig,
  B extends { readonly secret?: string | undefined },
>(
  deps: KeyDeps,
  keyKind: KeyKind<C, B>,
  body: B,
  context: PutContext<C, KeyState>,
): Promise<KeyDraft<C>> {
  const { before, db, name, origin } = context;
  const config = keyKind.toConfig(body, origin);
  checkExpiry(config, before?.config, deps.now());
  const state = before?.state ?? { lineage: newLineage(name) };
  if (before) await keyKind.checkRemaining(before, { config, state }, db);
  const { secret } = body;
  if (secret === undefined) return { config, state };
  const digest = await importedDigest(deps, keyKind, secret, context);
  if (digest === undefined) return { config, state };
  refuseRevoked(name, state);
  const owner = { kind: keyKind.kind.kind, name };
  const diff = [{ pointer: '/secret', ...(before && { before: 'set' }), after: 'imported' }];
  const store = (trx: PutContext<C, KeyState>['db']) =>
    replaceCredential(trx, owner, { digest, hint: '', now: deps.now() });
  return { config, state, secrets: { diff, store } };
}

/** For revoke: revoking twice is one change. */
export async function draftRevocation<C extends KeyConfig, B>(
  { now }: Pick<KeyDeps, 'now'>,
  { checkRemaining }: KeyKind<C, B>,
  before: StoredKey<C>,
  db: Reader,
): Promise<KeyDraft<C>> {
  const { config } = before;
  if (before.state.revoked_at !== undefined) return { config, state: before.state };
  const state = { ...before.state, revoked_at: now() };
  await checkRemaining(before, { config, state }, db);
  return { config, state };
}

export function refuseRevoked(name: string, { revoked_at }: KeyState): void {
  if (revoked_at === undefined) return;
  const detail = `"${name}" is revoked and stays so: delete it and create a new key`;
  throw new Problem('revoked', detail);
}

export function checkExpiry(after: KeyConfig, before: KeyConfig | undefined, now: number): void {
  const { expires_at } = after;
  if (expires_at === undefined || expires_at === before?.expires_at) return;
  if (Date.parse(expires_at) > now) return;
  const message = 'is in the past: to end a key now, revoke it';
  throw unprocessable([{ pointer: '/expires_at', code: 'in_the_past', message }]);
}

/** The digest to store; undefined if the key has this secret already. */
async function importedDigest<C extends KeyConfig, B>(
  { digest }: KeyDeps,
  { kind, apiKeyKind }: KeyKind<C, B>,
  secret: string,
  { name, db }: PutContext<C, KeyState>,
): Promise<string | undefined> {
  const refusal = importRefusal(secret, apiKeyKind);
  if (refusal) {
    throw unprocessable([{ pointer: '/secret', code: 'invalid_secret', message: refusal }]);
  }
  const digested = digest(secret);
  const owner = await findCredential(db, digested);
  if (!owner) return digested;
  // Of a former secret in its overlap this makes the current one again.
  if (owner.kind === kind.kind && owner.name === name) {
    return owner.expires_at === null ? undefined : digested;
  }
  const detail = `this secret belongs to ${owner.kind}/${owner.name} already: use another one`;
  throw new Problem('already-exists', detail, {
    errors: [{ in: 'body', pointer: '/secret', code: 'not_unique', message: detail }],
  });
}
