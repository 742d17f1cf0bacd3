/** Client addresses as limits count them: one subscriber, one name. */
import { isIPv6 } from 'node:net';

/**
 * An IPv4 address as it is; of an IPv6 address its /64, because one subscriber owns all of that;
 * an IPv4-mapped one as IPv4. Anything else comes back unchanged.
 */
export function clientNetwork(ip: string): string {
  if (!ip.includes(':') || !isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  const [before = '', after] = withoutZone(ip).split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  // An embedded IPv4 address at the end stands for two groups.
  const tailGroups = tail.length + (tail.at(-1)?.includes('.') ? 1 : 0);
  const zeros = after === undefined ? 0 : 8 - head.length - tailGroups;
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function withoutZone(ip: string): string {
  return ip.split('%', 1)[0] ?? ip;
}
