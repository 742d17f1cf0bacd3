/** The bytes around the messages on event streams to clients (HTML, "Server-sent events"). */

export const EVENT_END = Buffer.from('\n\n');
/** The last `event` field of an event counts, and clients pass over types that they don't know. */
export const VOID_END = Buffer.from('\nevent: abandoned\n\n');
/** Shows everybody on the way that the stream is alive. */
export const COMMENT = Buffer.from(':\n\n');

/** Smaller responses leave in one write; larger ones flow as they come. */
export const HELD_BYTES = 64 * 1024;
