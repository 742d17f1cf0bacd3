/** Which request headers operators may set on upstreams, and which of a client's may be passed on. */

/** Set by the gateway itself, or bound to one connection (RFC 9110 §7.6.1). */
const OWN = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const CREDENTIALS = new Set([
  'api-key',
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-auth-token',
  'x-access-token',
]);

/** Say who the client is; an upstream would believe them. */
const IDENTITY =
  /^(forwarded$|x-forwarded-|x-real-ip$|proxy-|x-sluice-|x-original-|sec-|origin$|referer$|set-cookie$)/;

/** Why operators can't set header `name`; undefined if they can. */
export function headerRefusal(name: string): string | undefined {
  return OWN.has(canonical(name)) ? 'is set by the gateway on every request' : undefined;
}

/** Whether values of this header are secrets. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIALS.has(canonical(name));
}

/** Whether a client's header may go to an upstream. */
export function isForwardable(name: string): boolean {
  const plain = canonical(name);
  return !OWN.has(plain) && !CREDENTIALS.has(plain) && !IDENTITY.test(plain);
}

/** Some servers read `X_Api_Key` as `X-Api-Key`. */
function canonical(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
