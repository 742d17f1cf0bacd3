/** The difference of two configurations, field by field. */
import { isDeepStrictEqual } from 'node:util';
import { jsonPointer } from '../http/json-pointer.ts';

/** One field: absent `before` = added, absent `after` = removed. */
export interface DiffEntry {
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Objects are compared by field; lists and everything else as a whole. */
export function diff(before: unknown, after: unknown, path: readonly string[] = []): DiffEntry[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => diff(before[name], after[name], [...path, name]));
  }
  return [
    {
      pointer: jsonPointer(path),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
