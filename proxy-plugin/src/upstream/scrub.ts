/** Removes a server's secret values from texts that people will read. */

export type Scrub = (text: string) => string;

/** Shorter values (`1`, `true`, `info`) are no secrets, and replacing them would garble every text. */
const SHORTEST_SECRET = 6;

/** A scrubber for the given values, also as they look inside a URL, and for the token of `Bearer <token>`. */
export function createScrub(values: Iterable<string>): Scrub {
  const secrets = new Set<string>();
  for (const value of values) {
    for (const part of [value, ...value.split(/\s+/)]) {
      if (part.length < SHORTEST_SECRET) continue;
      secrets.add(part);
      secrets.add(encodeURIComponent(part.toWellFormed()));
    }
  }
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
