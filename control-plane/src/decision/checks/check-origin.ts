/** 403: a web page of a foreign origin must not reach through a user's browser (MCP transports, "Security Warning"). */
import { isIP } from 'node:net';
import type { Check, Facts } from '../verdict.ts';

export const checkOrigin: Check = (facts) => {
  if (facts.input.origin === '' || isAllowedOrigin(facts)) return undefined;
  return {
    reason: 'origin_not_allowed',
    message:
      'Pages of this origin may not use this endpoint. ' +
      'An operator can add the origin to allowed_origins of the endpoint.',
  };
};

type OriginFacts = Pick<Facts, 'input' | 'endpoint' | 'publicOrigin'>;

/** Whether the request's `Origin` is the gateway's own or one that the endpoint lists. */
export function isAllowedOrigin({ input, endpoint, publicOrigin }: OriginFacts): boolean {
  const { origin } = input;
  if (origin === publicOrigin || isSameHost(origin, input.host, publicOrigin)) return true;
  const allowed = endpoint?.allowedOrigins ?? [];
  return allowed.includes(origin) || allowed.includes('*');
}

/**
 * Same host as the request, and a host whose name nobody else can point at us: with DNS rebinding
 * an attacker's page has our address under the attacker's name, in both headers.
 */
function isSameHost(origin: string, host: string, publicOrigin: string): boolean {
  const authority = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  if (authority === undefined || authority.toLowerCase() !== host.toLowerCase()) return false;
  const name = hostName(authority);
  return (
    isIP(name) !== 0 || name === 'localhost' || name === hostName(publicOrigin.split('://')[1])
  );
}

/** Without the port, and an IPv6 address without brackets. */
function hostName(authority = ''): string {
  return authority
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
