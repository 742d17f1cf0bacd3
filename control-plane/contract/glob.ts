/** Globs of grants, limits and filters: `*` matches any run of characters, all else is literal. */

/** True if `text` matches `pattern` as a whole. Case-sensitive; time is at most pattern × text. */
export function matchesGlob(pattern: string, text: string): boolean {
  return pattern === '*' || matchesParts(pattern.split('*'), text);
}

/** True if any of `patterns` matches `text`. */
export function matchesAnyGlob(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text));
}

/**
 * True if `text` is the parts in order with anything between them.
 * Taking the first place where a part fits is always right, so nothing is tried twice.
 */
export function matchesParts(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}
