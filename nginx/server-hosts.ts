/** Which host names a listener answers for: a browser that was led to another one (DNS rebinding) gets 421. */

const WILDCARD = /^(?:0\.0\.0\.0|\[::\]|\*)$/;
const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Names for `server_name`, without ports. `any` on a wildcard address whose public URL is only this
 * machine: nobody said by which names others reach it, and the decision judges the Origin.
 */
export function hostsOf(listen: string, publicUrl: string): readonly string[] | 'any' {
  const host = listen.slice(0, listen.lastIndexOf(':'));
  const publicHost = new URL(publicUrl).hostname;
  const wildcard = WILDCARD.test(host);
  if (wildcard && (WILDCARD.test(publicHost) || LOCAL.includes(publicHost))) return 'any';
  return [...new Set([...(wildcard ? [] : [host.toLowerCase()]), ...LOCAL, publicHost])];
}
