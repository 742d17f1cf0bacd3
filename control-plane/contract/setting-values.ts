/** Values of settings as operators write them: what the supervisor and the control plane both read, read alike. */

export const STDIO_POLICIES = ['any', 'allow-list', 'off'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type StdioPolicy = (typeof STDIO_POLICIES)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An http or https origin, without its trailing slash. Throws an `Error` that says what is wrong. */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new Error(
    `${JSON.stringify(text)} is not an http or https origin without a path, like https://mcp.example.com`,
  );
}

/** Reads one of `values`. What it returns throws an `Error` that names them. */
export function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((allowed) => allowed === text);
    if (value !== undefined) return value;
    throw new Error(`${JSON.stringify(text)} is none of ${values.join(', ')}`);
  };
}

/** A whole number of 1 or more. Throws an `Error` that says what is wrong. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is not a whole number of 1 or more`);
}

/** A limit's bucket is named after the header's value, which is shown, and told to the sidecar. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

/**
 * Headers that limits may count by, between commas: in lower case, each once.
 * Throws an `Error` that names the first one that can't be.
 */
export function parseLimitHeaders(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  for (const name of names) {
    // The characters that survive in an NGINX variable name without a clash.
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
      throw new Error(
        `${JSON.stringify(name)} is not a header name of letters, digits and single dashes`,
      );
    }
    if (CREDENTIAL_HEADERS.has(name))
      throw new Error(`${name} carries credentials, so nothing can be counted by it`);
    if (name.startsWith('x-sluice-'))
      throw new Error(`${name} is one of the gateway's own headers`);
  }
  return [...new Set(names)];
}
