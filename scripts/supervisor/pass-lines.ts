/** Passes a child's output on line by line, so that the lines of several children never mix. */
import type { Readable } from 'node:stream';

/** A longer line is passed on in pieces. */
const LONGEST_LINE = 64 * 1024;

export function passLines(output: Readable | null, write: (line: string) => void): void {
  let rest = '';
  output?.setEncoding('utf8');
  output?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) write(line);
    if (rest.length > LONGEST_LINE) {
      write(rest);
      rest = '';
    }
  });
  output?.on('end', () => {
    if (rest) write(rest);
  });
  // A broken pipe means that the child is gone, which its exit tells.
  output?.on('error', () => {});
}
