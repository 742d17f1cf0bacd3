/** Finds and replaces one value two levels down in JSON bytes, every other byte left as it is. */
import { JsonScanner } from './json-scanner.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the value of `outer`.`inner` lies in the JSON object `json` (of the last one, if several, as
 * readers take it). Undefined if there is none. Throws `JsonError`.
 */
export function spanOf(json: Buffer, outer: string, inner: string): Span | undefined {
  // Most requests have no such key: one native search instead of a scan.
  if (!json.includes(`"${inner}"`) && !json.includes('\\u')) return undefined;
  let outerKey = '';
  let innerKey = '';
  let start = -1;
  let found: Span | undefined;
  const scanner = new JsonScanner({
    key: (depth, raw) => {
      if (depth === 1) outerKey = decoded(raw);
      else innerKey = decoded(raw);
    },
    valueStart: (depth, offset) => {
      if (depth === 1) innerKey = '';
      if (depth === 2 && outerKey === outer && innerKey === inner) start = offset;
    },
    valueEnd: (depth, end) => {
      if (depth === 2 && start >= 0) {
        found = { start, end };
        start = -1;
      }
    },
  });
  scanner.push(json);
  scanner.end();
  return found;
}

/** `json` with the bytes of `span` replaced. */
export function replaceSpan(json: Buffer, span: Span, value: Buffer): Buffer {
  return Buffer.concat([json.subarray(0, span.start), value, json.subarray(span.end)]);
}

function decoded(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}
