/** Limits filed under what they select: one look-up finds all with the same selector. */
import type { IndexedLimit } from './indexed-limit.ts';

/** Stands for "no such selector field". No endpoint, server or principal has an empty name. */
export const ANY = '';

/** Limits with the same selector. */
export interface Shelf {
  readonly limits: Map<string, IndexedLimit>;
  /** Of the limits that count by a header: limit name → header name. */
  readonly headers: Map<string, string>;
}

export type Shelves = Map<string, Shelf>;

/** The principal comes last: it is free text, the other two never hold a line break. */
export function selector(endpoint: string, principal: string, server: string): string {
  return `${endpoint}\n${server}\n${principal}`;
}

/** Every selector that matches: each field as it is, or absent. */
export function matchingSelectors(
  endpoint: string,
  principal: string,
  server: string,
): readonly string[] {
  const selectors = [
    selector(endpoint, principal, ANY),
    selector(endpoint, ANY, ANY),
    selector(ANY, principal, ANY),
    selector(ANY, ANY, ANY),
  ];
  if (server === ANY) return selectors;
  return [
    ...selectors,
    selector(endpoint, principal, server),
    selector(endpoint, ANY, server),
    selector(ANY, principal, server),
    selector(ANY, ANY, server),
  ];
}

export function putOnShelf(shelves: Shelves, at: string, limit: IndexedLimit): void {
  const shelf = shelves.get(at) ?? { limits: new Map(), headers: new Map() };
  shelves.set(at, shelf);
  const { name, per } = limit.policy;
  shelf.limits.set(name, limit);
  if (per.startsWith('header:')) shelf.headers.set(name, per.slice('header:'.length));
}

export function takeOffShelf(shelves: Shelves, at: string, name: string): void {
  const shelf = shelves.get(at);
  shelf?.limits.delete(name);
  shelf?.headers.delete(name);
  if (shelf?.limits.size === 0) shelves.delete(at);
}
