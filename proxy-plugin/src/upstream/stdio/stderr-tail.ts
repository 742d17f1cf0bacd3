/** Keeps the last lines that a child wrote to stderr, whatever it floods us with. */
import type { Readable } from 'node:stream';
import type { Scrub } from '../scrub.ts';

const KEPT_LINES = 20;
const SHOWN_CHARACTERS = 300;
/** A line is cut here before it is scrubbed, far behind what is shown, so that no half secret is left. */
const KEPT_CHARACTERS = 4_096;

/** Reads `stream` to its end. The returned function gives the last lines, scrubbed. */
export function tailStderr(stream: Readable, scrub: Scrub): () => readonly string[] {
  let lines: string[] = [];
  let partial = '';
  stream.setEncoding('utf8');
  stream.on('error', () => {});
  stream.on('data', (text: string) => {
    const parts = (partial + text).split('\n');
    partial = (parts.pop() ?? '').slice(0, KEPT_CHARACTERS);
    if (parts.length === 0) return;
    const whole = parts.slice(-KEPT_LINES).map((line) => line.slice(0, KEPT_CHARACTERS));
    lines = [...lines, ...whole.filter((line) => line.trim() !== '')].slice(-KEPT_LINES);
  });
  return () => [...lines, partial].filter(Boolean).map((line) => shown(scrub(line)));
}

function shown(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is removed
  const plain = line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').trimEnd();
  return plain.length > SHOWN_CHARACTERS ? `${plain.slice(0, SHOWN_CHARACTERS)}…` : plain;
}
