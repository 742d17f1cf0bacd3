/** How many upstreams there may be, and which idle ones make room for a new one. */
import { totalmem } from 'node:os';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { PooledUpstream } from './pooled-upstream.ts';
import { notRun } from './upstream-error.ts';

export interface Caps {
  /** Child processes of all stdio servers together. */
  readonly children: number;
  /** Sessions at all HTTP servers together. */
  readonly sessions: number;
}

/** A typical Node child needs about 80 MB; children may have 60 % of the machine. */
const CHILD_BYTES = 80 * 1024 * 1024;
const CHILDREN_SHARE = 0.6;
/** Of all, so that one principal that keeps everything busy leaves something for the others. */
const PRINCIPAL_SHARE = 0.75;

export function defaultCaps(): Caps {
  const children = Math.floor((totalmem() * CHILDREN_SHARE) / CHILD_BYTES);
  return { children: Math.min(Math.max(children, 6), 256), sessions: 2_000 };
}

interface Scope {
  readonly limit: number;
  /** Says whose limit it is, and where it is set. */
  readonly name: string;
  readonly covers: (other: PooledUpstream) => boolean;
}

/**
 * The idle upstreams that must end before `wanted` may start: least recently used first, watched ones
 * last. `all` is in order of creation and holds it. Throws `UpstreamError` (`capacity`) when too few are idle.
 */
export function victimsFor(
  wanted: PooledUpstream,
  all: Iterable<PooledUpstream>,
  caps: Caps,
  isWatched: (key: string) => boolean,
): PooledUpstream[] {
  const rank = ({ identity }: PooledUpstream) => Number(isWatched(identity.key));
  const older: PooledUpstream[] = [];
  for (const other of all) {
    if (other === wanted) break;
    older.push(other);
  }
  const victims = new Set<PooledUpstream>();
  for (const { limit, name, covers } of scopesOf(wanted, caps)) {
    const rivals = older.filter((other) => covers(other) && !victims.has(other));
    const excess = rivals.length + 1 - limit;
    if (excess <= 0) continue;
    const idle = rivals.filter((other) => other.isIdle);
    if (idle.length < excess) throw full(wanted, limit, name);
    idle.sort((a, b) => rank(a) - rank(b) || a.lastUsed - b.lastUsed);
    for (const victim of idle.slice(0, excess)) victims.add(victim);
  }
  return [...victims];
}

function scopesOf({ identity: { server, principal } }: PooledUpstream, caps: Caps): Scope[] {
  const sameServer = (other: PooledUpstream) => other.identity.server.name === server.name;
  const isStdio = server.transport === 'stdio';
  const sameKind = (other: PooledUpstream) =>
    (other.identity.server.transport === 'stdio') === isStdio;
  const all = isStdio ? caps.children : caps.sessions;
  const place = isStdio ? 'for child processes on this machine' : 'for sessions at HTTP servers';
  return [
    {
      limit: server.maxUpstreamsPerPrincipal,
      name: 'for one principal at this server',
      covers: (other) => sameServer(other) && other.identity.principal === principal,
    },
    { limit: server.maxUpstreams, name: 'at this server', covers: sameServer },
    {
      limit: isShared(server) ? Number.POSITIVE_INFINITY : Math.ceil(all * PRINCIPAL_SHARE),
      name: `${place}, of one principal,`,
      covers: (other) =>
        sameKind(other) &&
        !isShared(other.identity.server) &&
        other.identity.principal === principal,
    },
    { limit: all, name: place, covers: sameKind },
  ];
}

/** What all callers share counts for none of them. */
function isShared({ isolation }: ServerRuntime): boolean {
  return isolation === 'shared';
}

function full({ identity }: PooledUpstream, limit: number, name: string) {
  const message = `Server "${identity.server.name}" has no room for another caller: the limit ${name} is ${limit}, and all are busy. Try again in a moment.`;
  return notRun('capacity', message);
}
