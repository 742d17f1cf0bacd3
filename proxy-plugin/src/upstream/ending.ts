/** A handler whose owner hears first that the last word has come. */
import type { ReplyHandler } from './upstream.ts';

/** `handler`, with `done` before its `end` or `fail`. */
export function ending(handler: ReplyHandler, done: () => void): ReplyHandler {
  return {
    notification: (message) => handler.notification(message),
    chunk: (bytes) => handler.chunk(bytes),
    end(summary) {
      done();
      handler.end(summary);
    },
    fail(failure) {
      done();
      handler.fail(failure);
    },
  };
}
