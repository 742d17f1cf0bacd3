/** Cloud metadata addresses, which no upstream may have: they hand out the machine's credentials. */
import { BlockList, isIP } from 'node:net';

const blocked = new BlockList();
// AWS, Azure, GCP, Oracle, DigitalOcean, Hetzner and others: link-local, also as IPv4-mapped IPv6.
blocked.addSubnet('169.254.0.0', 16, 'ipv4');
blocked.addSubnet('fe80::', 10, 'ipv6');
// The same behind NAT64, 6to4 and the old IPv4-compatible form.
blocked.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
blocked.addSubnet('2002:a9fe::', 32, 'ipv6');
blocked.addSubnet('::a9fe:0', 112, 'ipv6');
// Metadata services at other addresses: AWS and GCP over IPv6, Alibaba, Azure's host, Oracle classic.
blocked.addAddress('fd00:ec2::254', 'ipv6');
blocked.addAddress('fd20:ce::254', 'ipv6');
blocked.addAddress('100.100.100.200', 'ipv4');
blocked.addAddress('168.63.129.16', 'ipv4');
blocked.addAddress('192.0.0.192', 'ipv4');

/** Whether `address`, an IP address as resolvers and sockets spell it, is a metadata address. */
export function isBlockedAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && blocked.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** A connection that was not made because it led to a metadata address. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
}
