/** `host:port` as operators write it, for NGINX and for probing it. */
import { BlockList, isIP } from 'node:net';

export interface ListenAddress {
  /** IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** As NGINX wants it: `127.0.0.1:12008`, `[::1]:12008`. */
  readonly text: string;
}

/** Reads `127.0.0.1:12008`, `[::1]:12008`, `localhost:12008`, `*:12008`. Undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text);
  if (!match?.groups) return undefined;
  const { six, four, port } = match.groups;
  const host = six ?? NAMES.get(four ?? '') ?? four ?? '';
  if (isIP(host) !== (six === undefined ? 4 : 6)) return undefined;
  if (Number(port) < 1 || Number(port) > 65535) return undefined;
  return listenAddress(host, Number(port));
}

const NAMES = new Map([
  ['localhost', '127.0.0.1'],
  ['*', '0.0.0.0'],
]);

export function listenAddress(host: string, port: number): ListenAddress {
  return { host, port, text: `${isIP(host) === 6 ? `[${host}]` : host}:${port}` };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can connect. */
export function isLoopback({ host }: ListenAddress): boolean {
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

export function isWildcard({ host }: ListenAddress): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host);
}

/** The address under which this machine itself reaches the listener. */
export function reachableAddress(address: ListenAddress): ListenAddress {
  if (!isWildcard(address)) return address;
  return listenAddress(isIP(address.host) === 6 ? '::1' : '127.0.0.1', address.port);
}
