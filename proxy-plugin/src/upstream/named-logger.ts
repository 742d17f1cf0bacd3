/** Names the server in its log messages: clients see many servers as one. */
import { replaceSpan, spanOf } from './json/value-span.ts';

/** `bytes`: a whole log message; `logger` is what it says of itself. */
export function withLogger(bytes: Buffer, serverName: string, logger: unknown): Buffer {
  const isNamed = typeof logger === 'string';
  const name = JSON.stringify(isNamed ? `${serverName}/${logger}` : serverName);
  const span = spanOf(bytes, 'params', isNamed ? 'logger' : 'level');
  if (!span) return bytes;
  const level = bytes.toString('utf8', span.start, span.end);
  return replaceSpan(bytes, span, Buffer.from(isNamed ? name : `${level},"logger":${name}`));
}
