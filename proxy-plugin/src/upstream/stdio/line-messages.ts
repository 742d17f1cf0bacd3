/** Splits what a child writes to stdout into JSON-RPC messages, one or a batch a line. */
import { type FramedMessageEvents, FramedMessages } from '../json/framed-messages.ts';

export interface LineEvents extends FramedMessageEvents {
  /** The line is longer than allowed; the rest of the stream is worth nothing. */
  tooLong(): void;
}

const LF = 0x0a;

/** Gives the function to feed chunks to. Nothing of a line is kept beyond `maxLineBytes`. */
export function createLineMessages(maxLineBytes: number, events: LineEvents) {
  const line = new FramedMessages(maxLineBytes, events);
  return (chunk: Buffer): void => {
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(LF, from);
      line.push(chunk.subarray(from, newline < 0 ? chunk.length : newline));
      if (line.isTooLong) events.tooLong();
      if (line.isTooLong || newline < 0) return;
      line.end();
      from = newline + 1;
    }
  };
}
