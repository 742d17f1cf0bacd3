/** The connection pools to all HTTP upstreams: keep-alive per origin, closed to metadata addresses. */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isMetadataAddress } from '@sluice/contract/metadata-address';
import { Agent, buildConnector } from 'undici';
import { BlockedAddressError } from './blocked-address-error.ts';

/** Sockets to one origin; more calls wait for a free one. */
const SOCKETS_PER_ORIGIN = 256;
const CONNECT_TIMEOUT_MS = 10_000;

/** Sockets are shared by all callers, MCP sessions never (they live in headers). No redirect is followed. */
/** `connections` = most sockets to one origin. */
export function createHttpAgent(connections = SOCKETS_PER_ORIGIN): Agent {
  return new Agent({
    connect: guarded(
      buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false, lookup: guardedLookup }),
    ),
    connections,
    // Streams may be silent for long; every call has its own deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Addresses that a URL spells out never pass a lookup; what was really connected to is checked as well. */
function guarded(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    if (isMetadataAddress(options.hostname)) {
      callback(new BlockedAddressError(options.hostname), null);
      return;
    }
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) return callback(error, null);
      if (!isMetadataAddress(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(new BlockedAddressError(options.hostname), null);
    });
  };
}

/** `dns.lookup` that fails if any address of the name is blocked: a name may change between two lookups. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const [first] = found ?? [];
    if (error || !first) return callback(error ?? new Error('no address'), '');
    if (found.some(({ address }) => isMetadataAddress(address))) {
      return callback(new BlockedAddressError(hostname), '');
    }
    if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
