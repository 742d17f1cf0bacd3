/** Whether an answer is an event stream that can be read. */
import type { IncomingHttpHeaders } from 'node:http';

/** A compressed one was not asked for, and is none to us. */
export function isEventStream(status: number, headers: IncomingHttpHeaders): boolean {
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  return status === 200 && isPlain && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}
