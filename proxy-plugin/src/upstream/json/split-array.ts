/** Splits a JSON array into the bytes of its members, so that a batch can be taken message by message. */
import { JsonError, JsonScanner } from './json-scanner.ts';

const OPEN_ARRAY = 0x5b;
const WHITE_SPACE = new Set(Buffer.from(' \t\r\n'));

/** Whether the first byte of `json` that is no white space opens an array. */
export function isArray(json: Buffer): boolean {
  let at = 0;
  while (WHITE_SPACE.has(json[at] ?? 0)) at += 1;
  return json[at] === OPEN_ARRAY;
}

/**
 * Copies of the members: one that is kept must not keep the others. Throws `JsonError` when `json` is no
 * array, is empty, or has more than `most` members.
 */
export function splitArray(json: Buffer, most: number): readonly Buffer[] {
  const members: Buffer[] = [];
  let start = 0;
  const scanner = new JsonScanner({
    key() {},
    valueStart(depth, offset, first) {
      if (depth === 0 && first !== OPEN_ARRAY) throw new JsonError('it is not an array');
      if (depth === 1) start = offset;
    },
    valueEnd(depth, end) {
      if (depth !== 1) return;
      if (members.length === most) throw new JsonError(`it has more than ${most} members`);
      members.push(Buffer.from(json.subarray(start, end)));
    },
  });
  scanner.push(json);
  scanner.end();
  if (members.length === 0) throw new JsonError('it is empty');
  return members;
}
