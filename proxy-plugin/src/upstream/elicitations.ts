/** Whom an upstream sent to a URL: only the session that was asked hears that it is done there. */
import { isObject } from './collect-reply.ts';

/** They are rare, and one that a person never completes is only ever forgotten by its age. */
const MAX_REMEMBERED = 1_000;
/** MCP 2025-11-25, "URL Elicitation Required Error". */
const URL_ELICITATION_REQUIRED = -32042;
const CODE = Buffer.from(String(URL_ELICITATION_REQUIRED));

/** `profile`: JSON of the client's capabilities. */
export function asksByUrl(profile: string): boolean {
  const { elicitation } = JSON.parse(profile) as { elicitation?: { url?: unknown } };
  return elicitation?.url !== undefined;
}

export class Elicitations {
  /** Sessions by elicitation id; the oldest leave. */
  readonly #sessions = new Map<string, string>();

  /** `params` of an `elicitation/create` that reached a client. */
  asked(params: unknown, session: string): void {
    const { elicitationId } = Object(params) as { elicitationId?: unknown };
    if (typeof elicitationId !== 'string') return;
    this.#sessions.set(elicitationId, session);
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size > MAX_REMEMBERED && !oldest.done) this.#sessions.delete(oldest.value);
  }

  /** A reply, or its beginning, on its way to a session: it may send the client to URLs before it tries again. */
  replied(reply: Buffer, session: string): void {
    if (!reply.includes(CODE)) return;
    for (const elicitation of elicitationsOf(reply)) this.asked(elicitation, session);
  }

  /** Whom `notifications/elicitation/complete` with these params concerns. */
  sessionOf(params: unknown): string | undefined {
    const { elicitationId } = Object(params) as { elicitationId?: unknown };
    return typeof elicitationId === 'string' ? this.#sessions.get(elicitationId) : undefined;
  }
}

/** Errors are short, so one that is no whole message yet is none. */
function elicitationsOf(reply: Buffer): readonly unknown[] {
  try {
    const { error } = JSON.parse(reply.toString());
    if (!isObject(error) || error.code !== URL_ELICITATION_REQUIRED) return [];
    const { elicitations } = Object(error.data) as { elicitations?: unknown };
    return Array.isArray(elicitations) ? elicitations : [];
  } catch {
    return [];
  }
}
