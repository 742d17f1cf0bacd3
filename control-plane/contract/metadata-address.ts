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

const ADDRESSES = new BlockList();
/** Link-local: AWS, Azure, Google Cloud and most others answer on 169.254.169.254. */
ADDRESSES.addSubnet('169.254.0.0', 16, 'ipv4');
ADDRESSES.addSubnet('fe80::', 10, 'ipv6');
/** AWS over IPv6, Alibaba Cloud, Oracle Cloud. */
ADDRESSES.addAddress('fd00:ec2::254', 'ipv6');
ADDRESSES.addAddress('fd20:ce::254', 'ipv6');
ADDRESSES.addAddress('100.100.100.200', 'ipv4');
ADDRESSES.addAddress('192.0.0.192', 'ipv4');
/** The same behind NAT64; addresses mapped into IPv6 (`::ffff:…`) the list sees through by itself. */
ADDRESSES.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

/** Whether `address`, as a name resolved to it, belongs to a metadata service. */
export function isMetadataAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return ADDRESSES.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether the host of a URL names a metadata service: by name, or by address in any notation that `URL` knows. */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return NAMES.has(host) || isMetadataAddress(host);
}
