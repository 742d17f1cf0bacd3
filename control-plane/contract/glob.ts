/** Globs of grants, limits and filters: `*` matches any run of characters, all else is literal. */

const compiled = new Map<string, RegExp>();
/** Patterns come from configuration, so this is bounded by it; the cap guards against churn. */
const MAX_COMPILED = 20_000;

/** True if `text` matches `pattern` as a whole. Case-sensitive. */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true;
  if (!pattern.includes('*')) return false;
  return expression(pattern).test(text);
}

/** True if any of `patterns` matches `text`. */
export function matchesAnyGlob(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text));
}

function expression(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  // Runs of stars collapse first: `a**b` compiled naively would backtrack.
  const source = pattern
    .replace(/\*+/g, '*')
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*');
  const result = new RegExp(`^${source}$`);
  compiled.set(pattern, result);
  return result;
}
