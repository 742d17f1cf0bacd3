/** When keys and secrets end by themselves, so that streams opened before anybody knew end too. */
import type { KeyPolicy } from '../decision/policy.ts';
import { secretId } from '../identity/known-keys.ts';
import type { Revocation } from './revocations.ts';

export interface ExpirySchedule {
  /** A key as it is now, or null when it is gone. */
  set(name: string, key: KeyPolicy | null): void;
  /** What has ended up to `now` (Unix milliseconds) and was not told yet. */
  due(now: number): Revocation;
}

interface Ending {
  readonly at: number;
  readonly key: string;
  /** Undefined when the key itself ends. */
  readonly secret: string | undefined;
}

export function createExpirySchedule(): ExpirySchedule {
  /** Soonest last; sorted when asked for, because a full policy brings them by the thousand. */
  let endings: Ending[] = [];
  const current = new Map<string, readonly Ending[]>();
  let sorted = true;
  /** A later change of the key has made the endings of its former state void. */
  const isCurrent = (ending: Ending) => current.get(ending.key)?.includes(ending) === true;
  return {
    set(name, key) {
      const known = key && !key.revoked ? endingsOf(name, key) : [];
      if (known.length === 0) current.delete(name);
      else current.set(name, known);
      endings.push(...known);
      sorted &&= known.length === 0;
    },
    due(now) {
      if (!sorted) endings = endings.filter(isCurrent).sort((one, other) => other.at - one.at);
      sorted = true;
      const keys: string[] = [];
      const secrets: string[] = [];
      while ((endings.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= now) {
        const ending = endings.pop();
        if (!ending || !isCurrent(ending)) continue;
        if (ending.secret === undefined) keys.push(ending.key);
        else secrets.push(ending.secret);
      }
      return { keys, secrets };
    },
  };
}

function endingsOf(name: string, key: KeyPolicy): readonly Ending[] {
  const ofKey =
    key.expiresAt === undefined ? [] : [{ at: key.expiresAt, key: name, secret: undefined }];
  const ofSecrets = key.secrets.flatMap(({ digest, expiresAt }) =>
    expiresAt === undefined ? [] : [{ at: expiresAt, key: name, secret: secretId(digest) }],
  );
  return [...ofKey, ...ofSecrets];
}
