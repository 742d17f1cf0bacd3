/** Splits what a child writes to stdout into JSON-RPC messages, one a line, without trusting a byte of it. */
import { JsonError } from '../json/json-scanner.ts';
import { MessageReader, type ReadMessage } from '../json/message-reader.ts';

export interface LineEvents {
  message(message: ReadMessage, pieces: Buffer[]): void;
  /** A line that is no message. `id` is what looks like its id, so that the call it answers can fail at once. */
  garbage(problem: string, id: string | undefined): void;
  /** The line is longer than allowed; the rest of the stream is worth nothing. */
  tooLong(): void;
}

const LF = 0x0a;
/** Enough for `"id":<number>}` at the end of a line, where the TypeScript SDK puts it. */
const TAIL_BYTES = 64;
const ID_AT_END = /"id"\s*:\s*(\d+)\s*\}\s*$/;

/** Gives the function to feed chunks to. Nothing of a line is kept beyond `maxLineBytes`. */
export function createLineMessages(maxLineBytes: number, events: LineEvents) {
  let reader = new MessageReader();
  let bytes = 0;
  let problem: string | undefined;
  let tail: Buffer = Buffer.alloc(0);

  function part(chunk: Buffer): void {
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    if (problem === undefined && bytes <= maxLineBytes) attempt(() => reader.push(chunk));
  }

  function lineEnded(): void {
    if (bytes === 0) return;
    const ended = reader;
    const message = problem === undefined ? attempt(() => ended.end()) : undefined;
    const found = problem;
    const idAtEnd = ID_AT_END.exec(tail.toString('latin1'))?.[1];
    reset();
    if (message) events.message(message, ended.take());
    else events.garbage(found ?? 'it is empty', ended.id || idAtEnd);
  }

  function attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      problem = error.message;
      reader.take();
      return undefined;
    }
  }

  function reset(): void {
    reader = new MessageReader();
    bytes = 0;
    problem = undefined;
    tail = Buffer.alloc(0);
  }

  return (chunk: Buffer): void => {
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(LF, from);
      part(chunk.subarray(from, newline < 0 ? chunk.length : newline));
      if (bytes > maxLineBytes) events.tooLong();
      if (bytes > maxLineBytes || newline < 0) return;
      lineEnded();
      from = newline + 1;
    }
  };
}
