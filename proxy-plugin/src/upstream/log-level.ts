/** Log levels (RFC 5424): what a session wants to hear, and the one that an upstream is set to for all of them. */

const LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

export type LogLevel = (typeof LEVELS)[number];

export function isLogLevel(value: unknown): value is LogLevel {
  return LEVELS.some((level) => level === value);
}

/** Whether a session that set `wanted` hears a message of `level`. Without a level, or of none, it hears all. */
export function isHeard(level: unknown, wanted: LogLevel | undefined): boolean {
  if (wanted === undefined || !isLogLevel(level)) return true;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}

/** A session that set none counts as this one once another did. */
const UNSET: LogLevel = 'info';
/** Sessions remembered per upstream; the oldest is forgotten. */
const MAX_SESSIONS = 1_000;

export class UpstreamLogLevel {
  readonly #set: (level: LogLevel) => Promise<void>;
  readonly #wanted = new Map<string, LogLevel | undefined>();
  #level: LogLevel | undefined;

  /** `set` tells the upstream, and never rejects. */
  constructor(set: (level: LogLevel) => Promise<void>) {
    this.#set = set;
  }

  /** The session is about to call. Resolves when the upstream talks enough for it; undefined = it does. */
  want(session: string, wanted: LogLevel | undefined): Promise<void> | undefined {
    if (this.#wanted.get(session) === wanted && this.#wanted.has(session)) return undefined;
    this.#wanted.delete(session);
    this.#wanted.set(session, wanted);
    const oldest = this.#wanted.keys().next();
    if (this.#wanted.size > MAX_SESSIONS && !oldest.done) this.#wanted.delete(oldest.value);
    return this.#adjust();
  }

  forget(session: string): void {
    if (this.#wanted.delete(session)) void this.#adjust();
  }

  /** Nobody's wish changes nothing: a server then logs as it likes. */
  #adjust(): Promise<void> | undefined {
    const wanted = [...this.#wanted.values()];
    if (this.#level === undefined && wanted.every((level) => level === undefined)) return undefined;
    const ranks = wanted.map((level) => LEVELS.indexOf(level ?? UNSET));
    const level = LEVELS[Math.min(...ranks)] ?? UNSET;
    if (level === this.#level) return undefined;
    this.#level = level;
    return this.#set(level);
  }
}
