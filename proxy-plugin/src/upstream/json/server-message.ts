/** A message of a server that is no reply, put together again as it was read. */
import type { ServerMessage } from '../transport.ts';
import { withId } from './message-reader.ts';

/** `call` is our id of the call whose stream it came on. */
export function serverMessage(
  kind: ServerMessage['kind'],
  id: string,
  pieces: readonly Buffer[],
  call?: number,
): ServerMessage {
  const bytes = Buffer.concat(withId(pieces, Buffer.from(id, 'latin1')));
  return { kind, id, bytes, pieces, call };
}
