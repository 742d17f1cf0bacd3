/** What clients set for their sessions: kept in memory, and set again by clients whose sidecar restarted. */
import type { LogLevel } from '../upstream/log-level.ts';

export interface SessionSettings {
  logLevel(session: string): LogLevel | undefined;
  setLogLevel(session: string, level: LogLevel): void;
  end(session: string): void;
}

/** Few clients end their sessions; the oldest setting leaves. */
const MAX_SESSIONS = 10_000;

export function createSessionSettings(): SessionSettings {
  const levels = new Map<string, LogLevel>();
  return {
    logLevel: (session) => levels.get(session),
    setLogLevel(session, level) {
      levels.delete(session);
      levels.set(session, level);
      const oldest = levels.keys().next();
      if (levels.size > MAX_SESSIONS && !oldest.done) levels.delete(oldest.value);
    },
    end: (session) => void levels.delete(session),
  };
}
