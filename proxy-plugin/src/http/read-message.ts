/** The JSON-RPC in the body of a POST, or the refusal that says what is wrong with it. */
import { type ClientMessage, MessageError, readClientMessage } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import { readJsonBody } from './read-json-body.ts';
import { type HttpClient, sendJson } from './send.ts';

/** Undefined when the client has been answered. Rejects when it goes away before its body is complete. */
export async function readMessage(client: HttpClient): Promise<ClientMessage | undefined> {
  const body = await readJsonBody(client, { holds: 'the message' });
  return body && messageIn(client, body);
}

/** The message that `body` is; undefined when the client has been told that it is none. */
export function messageIn(client: HttpClient, body: Buffer): ClientMessage | undefined {
  const message = readOrRefuse(client, () => readClientMessage(body));
  if (message) client.message = message;
  return message;
}

/** What `read` gives; undefined when it threw `MessageError` and the client has been told why. */
export function readOrRefuse<T>(client: HttpClient, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const data = { reason: 'bad_request' };
    sendJson(client, 400, errorResponse(undefined, error.code, error.message, data));
    return undefined;
  }
}
