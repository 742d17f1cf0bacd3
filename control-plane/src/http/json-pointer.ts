/** JSON Pointers (RFC 6901). */

/** The pointer to `path`; '' is the whole document. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
