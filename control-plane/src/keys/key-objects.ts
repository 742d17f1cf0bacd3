/** What keys and admin keys can do beyond other kinds: creation that shows a secret, rotation, revocation. */

import type { ChangeAction } from '../changes/record-change.ts';
import { type Conditions, conditionsOf } from '../configuration/conditions.ts';
import { notFound } from '../configuration/configuration-writer.ts';
import {
  createObjects,
  type Objects,
  type Presented,
  writtenReply,
} from '../configuration/objects.ts';
import { generateApiKey } from '../credentials/api-key.ts';
import { Problem } from '../http/problem.ts';
import type { Origin, RouteReply } from '../http/route.ts';
import type { Reader } from '../storage/configuration-database.ts';
import { checkExpiry, draftKey, draftRevocation, refuseRevoked } from './draft-key.ts';
import { generatedSecret } from './generated-secret.ts';
import type { KeyConfig, KeyState } from './key-fields.ts';
import type { KeyDeps, KeyKind, StoredKey } from './key-kind.ts';
import { newLineage } from './key-lineage.ts';
import { presentKey } from './present-key.ts';

interface ActionInput {
  readonly params: { readonly name: string };
  readonly origin: Origin;
  readonly headers: { readonly 'if-match'?: string | undefined };
}

export interface KeyObjects<B> extends Objects<B> {
  /** 409 if it exists; the reply shows the secret. */
  create(input: {
    readonly body: B & { readonly name: string };
    readonly origin: Origin;
  }): Promise<RouteReply>;
  /** The reply shows the next secret; the former goes on for `overlap_seconds`. */
  rotate(
    input: ActionInput & { readonly body: { readonly overlap_seconds: number } },
  ): Promise<RouteReply>;
  revoke(input: ActionInput): Promise<RouteReply>;
}

export function createKeyObjects<
  C extends KeyConfig,
  B extends { readonly secret?: string | undefined },
>(deps: KeyDeps, keyKind: KeyKind<C, B>): KeyObjects<B> {
  const { kind } = keyKind;
  const present = (object: StoredKey<C>, db: Reader): Promise<Presented> =>
    presentKey(deps, keyKind, object, db);
  const objects = createObjects<C, KeyState, B>(deps, {
    kind,
    present,
    draft: (body, context) => draftKey(deps, keyKind, body, context),
    checkDelete: (object, db) => keyKind.checkRemaining(object, undefined, db),
  });
  const issue = createIssue(deps, keyKind, present);
  return {
    ...objects,
    create: ({ body, origin }) =>
      issue({
        ...{ name: body.name, origin, action: 'create', conditions: {}, overlapSeconds: 0 },
        next(before) {
          if (before) throw exists(keyKind, body.name);
          const config = keyKind.toConfig(body, origin);
          checkExpiry(config, undefined, deps.now());
          return { config, state: { lineage: newLineage(body.name) } };
        },
      }),
    rotate: ({ params: { name }, origin, headers, body }) =>
      issue({
        ...{ name, origin, action: 'rotate', overlapSeconds: body.overlap_seconds },
        conditions: conditionsOf({ headers, sentRevision: undefined }),
        next(before) {
          if (!before) throw notFound(kind, name);
          refuseRevoked(name, before.state);
          return before;
        },
      }),
    async revoke({ params: { name }, origin, headers }) {
      const written = await deps.writer.write({
        ...{ kind, name, origin, present, dryRun: false, mustExist: true, action: 'revoke' },
        conditions: conditionsOf({ headers, sentRevision: undefined }),
        async next(before, db) {
          return before && draftRevocation(deps, keyKind, before, db);
        },
      });
      return writtenReply(written);
    },
  };
}

interface Issue<C> {
  readonly name: string;
  readonly origin: Origin;
  readonly action: ChangeAction;
  readonly conditions: Conditions;
  readonly overlapSeconds: number;
  /** The key that the secret is for. Throws problems. */
  next(before: StoredKey<C> | undefined): Pick<StoredKey<C>, 'config' | 'state'>;
}

/** Writes that make a secret; the only replies that show one. */
function createIssue<C extends KeyConfig, B>(
  { writer, digest, now }: KeyDeps,
  { kind, apiKeyKind }: KeyKind<C, B>,
  present: (object: StoredKey<C>, db: Reader) => Promise<Presented>,
) {
  return async ({ name, overlapSeconds, next, ...write }: Issue<C>): Promise<RouteReply> => {
    const secret = generateApiKey(apiKeyKind);
    const isRotation = write.action === 'rotate';
    const written = await writer.write({
      ...write,
      ...{ kind, name, present, dryRun: false, mustExist: isRotation },
      async next(before) {
        const { config, state } = next(before);
        const formerUntil = isRotation ? now() + overlapSeconds * 1000 : undefined;
        return {
          config,
          state,
          secrets: generatedSecret({
            owner: { kind: kind.kind, name },
            ...{ secret, digest, formerUntil, now: now(), replaces: before !== undefined },
          }),
        };
      },
    });
    return writtenReply(written, { secret });
  };
}

function exists<C extends KeyConfig, B>({ kind }: KeyKind<C, B>, name: string): Problem {
  const detail = `there is a ${kind.noun} "${name}" already: rotate it to get a new secret, or choose another name`;
  return new Problem('already-exists', detail, {
    errors: [{ in: 'body', pointer: '/name', code: 'exists', message: detail }],
  });
}
