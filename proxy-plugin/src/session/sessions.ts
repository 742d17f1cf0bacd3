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
  /** Seals a new session; undefined before the key is there. */
  open(
    claims: DecisionClaims,
    endpoint: string,
    revision: string,
    profile: string,
  ): string | undefined;
  /**
   * The session behind `sealedId`, if it is this principal's, on this endpoint, and has not ended.
   * Whoever asks with another key or endpoint learns nothing: undefined, as for a made-up id.
   */
  find(sealedId: string, claims: DecisionClaims, endpoint: string): Session | undefined;
  end(session: Session): void;
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
    open(claims, endpoint, revision, profile) {
      if (!key) return undefined;
      const { principal, authenticated } = claims;
      const expiresAt = now() + SESSION_LIFETIME_MS;
      const session = {
        id: newSessionId(),
        principal,
        authenticated,
        endpoint,
        revision,
        profile,
        expiresAt,
      };
      return sealSession(key, replica, session);
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
