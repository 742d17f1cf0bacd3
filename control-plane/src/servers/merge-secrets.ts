/** Write-only maps: an absent name keeps its value, null removes it, a value sets it. */
import type { DiffEntry } from '../changes/diff.ts';
import { jsonPointer } from '../http/json-pointer.ts';
import type { OpenedSecrets, Owner, SecretStore } from '../secrets/secret-store.ts';
import type { Writer } from '../storage/configuration-database.ts';
import type { Complaint } from './check-server.ts';

export interface SecretMerge {
  readonly field: string;
  /** That have a value afterwards. */
  readonly names: ReadonlySet<string>;
  /** That keep the value they had because the body does not mention them. */
  readonly kept: readonly string[];
  /** Without values: `set` and `changed`. */
  readonly diff: readonly DiffEntry[];
  readonly complaints: readonly Complaint[];
  store(secrets: SecretStore, db: Writer, owner: Owner): Promise<void>;
}

/** A value that is the stored one already changes nothing, so that the same PUT twice is one change. */
export function mergeSecrets(
  field: string,
  stored: OpenedSecrets,
  given: Readonly<Record<string, string | null>> = {},
): SecretMerge {
  // An unreadable value equals nothing that can be sent, so sending it again repairs it.
  const before = new Map<string, string | undefined>([
    ...Object.entries(stored.values),
    ...stored.unreadable.map((name): [string, undefined] => [name, undefined]),
  ]);
  const sent = Object.entries(given);
  const set = sent.filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return value !== null && before.get(name) !== value;
  });
  const removed = sent.filter(([name, value]) => value === null && before.has(name));
  const names = new Set([...before.keys(), ...set.map(([name]) => name)]);
  for (const [name] of removed) names.delete(name);
  return {
    field,
    names,
    kept: [...before.keys()].filter((name) => !Object.hasOwn(given, name)),
    diff: [
      ...set.map(([name]) => ({
        pointer: jsonPointer([field, name]),
        ...(before.has(name) && { before: 'set' }),
        after: before.has(name) ? 'changed' : 'set',
      })),
      ...removed.map(([name]) => ({ pointer: jsonPointer([field, name]), before: 'set' })),
    ],
    complaints: set
      .filter(([, value]) => value.startsWith('env:'))
      .map(([name]) => ({
        pointer: jsonPointer([field, name]),
        code: 'reference_as_secret',
        message: 'a reference is no secret: put env:NAME into env or headers',
      })),
    async store(secrets, db, owner) {
      for (const [name, value] of set) await secrets.set(db, owner, field, name, value);
      for (const [name] of removed) await secrets.remove(db, owner, field, name);
    },
  };
}
