/** Lineages: who a key is for limits and records, whatever its secret is at the moment. */
import { randomBytes } from 'node:crypto';

/** Readable, and never again the same: a key that is created anew under an old name is another one. */
export function newLineage(name: string): string {
  return `key:${name}:${randomBytes(6).toString('hex')}`;
}
