/** Requests of servers that are at clients, by session and our own id, so that an answer finds its way back. */
import { randomInt } from 'node:crypto';
import { type ClientMessage, messageWithId } from '../message/client-message.ts';
import type { ServerRequest } from '../upstream/upstream.ts';

export interface ServerRequests {
  /** Gives the request the id that the client of this session gets to see. */
  open(session: string, request: ServerRequest): OpenServerRequest;
  /** A response of a client: one that nobody waits for any more is nobody's concern. */
  answer(session: string, response: ClientMessage): void;
  readonly size: number;
}

export interface OpenServerRequest {
  /** JSON bytes. */
  readonly id: Buffer;
  /** No answer is wanted any more. */
  close(): void;
}

/** Ids begin anywhere below: answers to requests from before a restart must fit no new one. */
const FIRST_ID_BELOW = 2 ** 47;

export function createServerRequests(): ServerRequests {
  const open = new Map<string, ServerRequest>();
  let lastId = randomInt(FIRST_ID_BELOW);
  return {
    get size() {
      return open.size;
    },
    open(session, request) {
      lastId += 1;
      const key = keyOf(session, String(lastId));
      open.set(key, request);
      return { id: Buffer.from(String(lastId)), close: () => void open.delete(key) };
    },
    answer(session, response) {
      const key = keyOf(session, response.id?.toString() ?? '');
      const request = open.get(key);
      open.delete(key);
      request?.answer((id) => messageWithId(response, id));
    },
  };
}

function keyOf(session: string, id: string): string {
  return `${session}\n${id}`;
}
