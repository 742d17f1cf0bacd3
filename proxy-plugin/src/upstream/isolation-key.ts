/** Which upstream a caller uses: the key that keeps principals, sessions and capability profiles apart. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Caller } from './upstream.ts';

export interface IsolationKey {
  /** Unique per server, revision, isolation scope and capability profile. */
  readonly key: string;
  /** Set when only one session uses the upstream, which ends with it. */
  readonly session: string | undefined;
}

/** On an open endpoint nobody is known, so isolation `principal` means one upstream per session there. */
export function isolationKey(server: ServerRuntime, caller: Caller): IsolationKey {
  const key = (...scope: string[]) =>
    JSON.stringify([server.name, server.revision, caller.profile, ...scope]);
  if (server.isolation === 'shared') return { key: key('shared'), session: undefined };
  if (server.isolation === 'principal' && caller.authenticated) {
    return { key: key('principal', caller.principal), session: undefined };
  }
  // The principal is part of it: a session id alone is never authentication.
  return { key: key('session', caller.session, caller.principal), session: caller.session };
}

/** Whether `key` is one of this server's. */
export function isKeyOf(key: string, server: string): boolean {
  return key.startsWith(`[${JSON.stringify(server)},`);
}
