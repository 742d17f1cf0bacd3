/** Addresses of cloud metadata services: never reachable as upstreams, whatever the operator allows. */
import { BlockList, isIP } from 'node:net';

const NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Network and length of its prefix. */
const IPV4_NETWORKS = [
  ['169.254.0.0', 16], // link-local: AWS, Azure, Google Cloud and most others
  ['100.100.100.200', 32], // Alibaba Cloud
  ['192.0.0.192', 32], // Oracle Cloud
  ['168.63.129.16', 32], // Azure's WireServer
] as const;
const IPV6_NETWORKS = [
  ['fe80::', 10], // link-local
  ['fd00:ec2::254', 128], // AWS
  ['fd20:ce::254', 128], // Google Cloud
] as const;
/** Addresses that hold an IPv4 address in their last 32 bits: NAT64 (RFC 6052, RFC 8215), and the obsolete form. */
const NAT64_PREFIXES = ['64:ff9b::', '64:ff9b:1::', '::'];

const ADDRESSES = new BlockList();
for (const [network, length] of IPV6_NETWORKS) ADDRESSES.addSubnet(network, length, 'ipv6');
for (const [network, length] of IPV4_NETWORKS) {
  // The list sees through addresses mapped into IPv6 (`::ffff:…`) by itself.
  ADDRESSES.addSubnet(network, length, 'ipv4');
  for (const prefix of NAT64_PREFIXES)
    ADDRESSES.addSubnet(`${prefix}${network}`, 96 + length, 'ipv6');
  ADDRESSES.addSubnet(inside6to4(network), 16 + length, 'ipv6');
}

/** 6to4 (RFC 3056): the IPv4 address follows `2002:`. */
function inside6to4(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}

/** Whether `address`, as URLs, resolvers and sockets spell it, belongs to a metadata service. */
export function isMetadataAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && ADDRESSES.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host of a URL names a metadata service: by name, or by address in any notation that `URL` knows. */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return NAMES.has(host) || isMetadataAddress(host);
}
