/** The supervisor's own log lines, and the writing of all lines: a full disk or a closed pipe loses lines, never the gateway. */
import { writeSync } from 'node:fs';

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type LogFields = Readonly<Record<string, string | number | undefined>>;

const LEVELS = { info: 30, warn: 40, error: 50 };

/** JSON lines of the same shape as the children's. */
export function createLog(write: (line: string) => void): Log {
  const at = (level: number) => (msg: string, fields?: LogFields) =>
    write(JSON.stringify({ level, time: Date.now(), name: 'supervisor', ...fields, msg }));
  return { info: at(LEVELS.info), warn: at(LEVELS.warn), error: at(LEVELS.error) };
}

/** Writes a line to standard output, or drops it when that fails (disk full, reader gone). */
export function writeOutput(line: string): void {
  writeLine(1, line);
}

/** As `writeOutput`, to standard error. */
export function writeError(line: string): void {
  writeLine(2, line);
}

function writeLine(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, `${line}\n`);
  } catch {
    // Nowhere left to say it.
  }
}
