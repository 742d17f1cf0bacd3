/** The JSON-RPC message in the body of a POST, or the refusal that says what is wrong with it. */
import { type ClientMessage, MessageError, readClientMessage } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import { noteMessage } from './logged-message.ts';
import { MAX_BODY_BYTES, readBody } from './read-body.ts';
import { type HttpClient, header, sendJson, sendRefusal } from './send.ts';

/** Undefined when the client has been answered. Rejects when it goes away before its body is complete. */
export async function readMessage(client: HttpClient): Promise<ClientMessage | undefined> {
  if (!/^application\/json\b/i.test(header(client.request, 'content-type') ?? '')) {
    const message = 'Send the message as Content-Type: application/json.';
    sendRefusal(client, { reason: 'unsupported_media_type', message });
    return undefined;
  }
  const body = await readBody(client.request);
  if (!body) {
    const message = `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB.`;
    sendRefusal(client, { reason: 'body_too_large', message }, { Connection: 'close' });
    return undefined;
  }
  try {
    const message = readClientMessage(body);
    noteMessage(client.response, message);
    return message;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const data = { reason: 'bad_request' };
    sendJson(client, 400, errorResponse(undefined, error.code, error.message, data));
    return undefined;
  }
}
