/** Finds the session behind a client's id, and remembers which ones have ended. */
import type { DecisionClaims } from '@sluice/contract/decision';
import {
  newSessionId,
  openSession,
  SESSION_LIFETIME_MS,
  type Session,
  sealSession,
} from './session-seal.ts';

export interface Sessions {
  /** The key of the installation has arrived or changed. */
  useKey(key: Buffer): void;
  /** A new session and the id that its client gets. */
  open(claims: DecisionClaims, endpoint: string, revision: string, profile: string): OpenedSession;
  /**
   * The session behind `sealedId`, if it is this principal's, on this endpoint, and has not ended.
   * Whoever asks with another key or endpoint learns nothing: undefined, as for a made-up id.
   */
  find(sealedId: string, claims: DecisionClaims, endpoint: string): Session | undefined;
  end(session: Session): void;
}

export interface OpenedSession {
  readonly session: Session;
  readonly sealedId: string;
}

/** Opened ids; a call costs a look-up instead of a decryption. */
const MAX_OPENED = 10_000;
/** Ended sessions that are remembered; beyond that the oldest could be used again by their owner. */
const MAX_ENDED = 100_000;

export function createSessions(replica: string, now: () => number): Sessions {
  let key: Buffer | undefined;
  const opened = new Map<string, Session>();
  const ended = new Map<string, number>();

  const lookUp = (sealedId: string): Session | undefined => {
    const known = opened.get(sealedId);
    if (known || !key) return known;
    const session = openSession(key, sealedId);
    if (session) remember(opened, sealedId, session, MAX_OPENED);
    return session;
  };
  return {
    useKey(next) {
      if (key?.equals(next)) return;
      key = next;
      opened.clear();
    },
    open({ principal, authenticated }, endpoint, revision, profile) {
      // The key comes with the first configuration, and no request is believed before that.
      if (!key) throw new Error('unreachable: a session before the session key');
      const expiresAt = now() + SESSION_LIFETIME_MS;
      const who = { id: newSessionId(), principal, authenticated };
      const session = { ...who, endpoint, revision, profile, expiresAt };
      return { session, sealedId: sealSession(key, replica, session) };
    },
    find(sealedId, claims, endpoint) {
      const session = lookUp(sealedId);
      if (!session || session.endpoint !== endpoint || session.expiresAt <= now()) return undefined;
      if (session.authenticated !== claims.authenticated) return undefined;
      // On an open endpoint the address may change; the id itself is what isolates.
      if (session.authenticated && session.principal !== claims.principal) return undefined;
      return ended.has(session.id) ? undefined : session;
    },
    end(session) {
      remember(ended, session.id, session.expiresAt, MAX_ENDED);
    },
  };
}

/** Keeps at most `most` entries, the oldest leaves first. */
function remember<V>(map: Map<string, V>, name: string, value: V, most: number): void {
  if (map.size >= most) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(name, value);
}
