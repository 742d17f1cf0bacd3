/** Ids of events on client streams: they name stream and event, and the request that the stream answers. */

export interface EventId {
  /** `session`: a session's own stream. `reply`: the one that answers a request. */
  readonly kind: StreamKind;
  /** Of the stream, unique over restarts. */
  readonly stream: number;
  /** Of the event in its stream, from 0. */
  readonly event: number;
  /** JSON of the request's id: with it a client can be told that its reply is lost, whoever forgot it. */
  readonly requestId?: Buffer;
}

export type StreamKind = 'session' | 'reply';

const LETTERS = { session: 's', reply: 'r' } as const;
const FORM = /^([sr])([0-9a-z]{1,11})-([0-9a-z]{1,11})(?:-([\w-]+))?$/;

/** What goes before and behind an event's number in the ids of one stream. */
export function idAround({ kind, stream, requestId }: Omit<EventId, 'event'>): [string, string] {
  const start = `${LETTERS[kind]}${stream.toString(36)}-`;
  return [start, requestId ? `-${requestId.toString('base64url')}` : ''];
}

/** The text of an event's number. */
export function eventNumber(event: number): string {
  return event.toString(36);
}

/** Undefined for a text that is no id of ours. */
export function parseEventId(text: string): EventId | undefined {
  const [, letter, stream = '', event = '', requestId] = FORM.exec(text) ?? [];
  if (letter === undefined) return undefined;
  const id = requestId === undefined ? undefined : jsonId(requestId);
  return {
    kind: letter === LETTERS.session ? 'session' : 'reply',
    stream: Number.parseInt(stream, 36),
    event: Number.parseInt(event, 36),
    ...(id && { requestId: id }),
  };
}

/** Clients may send what they like: only a string or a number is repeated to them. */
function jsonId(encoded: string): Buffer | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    const isId = typeof value === 'string' || typeof value === 'number';
    return isId ? Buffer.from(JSON.stringify(value)) : undefined;
  } catch {
    return undefined;
  }
}
