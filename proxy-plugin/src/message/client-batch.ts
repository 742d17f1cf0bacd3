/** A JSON-RPC batch of a client (MCP 2025-03-26): its messages, each read as if it had come alone. */
import { JsonError } from '../upstream/json/json-scanner.ts';
import { splitArray } from '../upstream/json/split-array.ts';
import { type ClientMessage, MessageError, readClientMessage } from './client-message.ts';

/** No client has reason for more, and each may be a call. */
export const MAX_BATCH_MESSAGES = 50;

/** All or nothing: throws `MessageError` when one member is no message, before any is acted on. */
export function readClientBatch(body: Buffer): readonly ClientMessage[] {
  return membersOf(body).map((member, index) => {
    try {
      return readClientMessage(member);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      const message = `Message ${index + 1} of the batch: ${error.message}`;
      throw new MessageError(message, { code: error.code, cause: error });
    }
  });
}

function membersOf(body: Buffer): readonly Buffer[] {
  try {
    return splitArray(body, MAX_BATCH_MESSAGES);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `The batch can't be read: ${error.message}.`;
    throw new MessageError(message, { code: -32600, cause: error });
  }
}
