/** What the references within one JSON Schema lead to (JSON Schema 2020-12 §8.2). */
import { isObject } from '../upstream/collect-reply.ts';

export interface SchemaAnchors {
  /** Pointers of the subschemas that have an `$id` of their own. */
  readonly bases: ReadonlySet<string>;
  /** Pointer that `reference` means, if used below the subschema at `base`; undefined = another document. */
  resolve(reference: string, base: string): string | undefined;
}

/** Pointers are fragments without `#`: tokens escaped and percent-encoded. */
export function findAnchors(root: unknown): SchemaAnchors {
  /** By URI, without fragment. */
  const ids = new Map<string, string>();
  /** By base and name. */
  const names = new Map<string, string>();
  const visit = (value: unknown, pointer: string, base: string): void => {
    if (Array.isArray(value)) value.forEach((one, at) => void visit(one, `${pointer}/${at}`, base));
    if (!isObject(value)) return;
    const own = typeof value.$id === 'string' && !value.$id.startsWith('#');
    const inner = own ? pointer : base;
    if (own) ids.set(withoutFragment(String(value.$id)), pointer);
    for (const name of [value.$anchor, value.$dynamicAnchor]) {
      if (typeof name === 'string') names.set(`${inner}#${name}`, pointer);
    }
    for (const [key, one] of Object.entries(value)) {
      visit(one, `${pointer}/${encodeToken(key)}`, inner);
    }
  };
  visit(root, '', '');
  return {
    bases: new Set(ids.values()),
    resolve(reference, base) {
      const [uri = '', fragment = ''] = reference.split('#', 2);
      const from = uri === '' ? base : ids.get(uri);
      if (from === undefined) return undefined;
      if (fragment === '') return from;
      return fragment.startsWith('/') ? from + normal(fragment) : names.get(`${from}#${fragment}`);
    },
  };
}

/** Whether there is something at `pointer`. */
export function pointerExists(root: unknown, pointer: string): boolean {
  let value = root;
  for (const token of tokens(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return false;
    value = (value as Record<string, unknown>)[token];
  }
  return true;
}

/** A reference token of a JSON Pointer in a URI fragment (RFC 6901 §6), `$` left as many readers expect it. */
export function encodeToken(token: string): string {
  const escaped = token.replaceAll('~', '~0').replaceAll('/', '~1');
  return encodeURIComponent(escaped).replaceAll('%24', '$');
}

function tokens(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => decoded(token).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Written in the one way that ours are. */
function normal(pointer: string): string {
  return tokens(pointer)
    .map((token) => `/${encodeToken(token)}`)
    .join('');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutFragment(uri: string): string {
  return uri.split('#', 1)[0] ?? '';
}
