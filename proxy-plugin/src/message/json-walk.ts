/** Walks a complete JSON text byte by byte, as strict as RFC 8259 and no deeper than it may. */
import { isDigit } from '../upstream/json/json-bytes.ts';
import { JsonError } from '../upstream/json/json-scanner.ts';

/** Told of each member of an object; `start` and `end` bound its value. May throw. */
export type OnMember = (key: string, start: number, end: number) => void;

export interface WalkedObject {
  readonly onMember: OnMember;
  /** A member whose own members are wanted too, if its value is an object. */
  readonly inner?: { readonly key: string; readonly onMember: OnMember };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const LETTER_E = 0x65;
const LITERALS: readonly Buffer[] = ['true', 'false', 'null'].map((word) => Buffer.from(word));
/** By byte: whether it stands for itself in a string. Zero does not, so a walk ends with the text. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
/** `"`, `\`, `/`, b, f, n, r, t. */
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

/**
 * Index behind the object that starts at `from`, at most `depth` containers deep. Line breaks between
 * tokens become spaces in place: the message, or a part of it, then fits one line. Throws `JsonError`.
 */
export function walkObject(
  json: Buffer,
  from: number,
  depth: number,
  walked?: WalkedObject,
): number {
  if (depth === 0) throw new JsonError('it nests too deeply');
  let at = skipSpace(json, from + 1);
  if (json[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (json[at] !== QUOTE) throw new JsonError('a key was expected');
    const keyEnd = walkString(json, at);
    const key = walked ? stringAt(json, at, keyEnd) : '';
    at = skipSpace(json, keyEnd);
    if (json[at] !== COLON) throw new JsonError('a colon was expected');
    const start = skipSpace(json, at + 1);
    const inner = walked?.inner?.key === key ? walked.inner : undefined;
    const end =
      inner && json[start] === OPEN_OBJECT
        ? walkObject(json, start, depth - 1, { onMember: inner.onMember })
        : walkValue(json, start, depth - 1);
    walked?.onMember(key, start, end);
    at = skipSpace(json, end);
    if (json[at] === CLOSE_OBJECT) return at + 1;
    if (json[at] !== COMMA) throw new JsonError('a comma or a closing brace was expected');
    at = skipSpace(json, at + 1);
  }
}

/** Index of the first byte from `from` on that is no white space. */
export function skipSpace(json: Buffer, from: number): number {
  let at = from;
  for (; ; at += 1) {
    const byte = json[at];
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) json[at] = SPACE;
    else if (byte !== SPACE && byte !== TAB) return at;
  }
}

/** The text of the JSON string in `json` from `start` to `end`, quotes included, that was walked over. */
export function stringAt(json: Buffer, start: number, end: number): string {
  const text = json.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

function walkValue(json: Buffer, at: number, depth: number): number {
  switch (json[at]) {
    case QUOTE:
      return walkString(json, at);
    case OPEN_OBJECT:
      return walkObject(json, at, depth);
    case OPEN_ARRAY:
      return walkArray(json, at, depth);
    default:
      return walkLiteral(json, at) ?? walkNumber(json, at);
  }
}

function walkArray(json: Buffer, from: number, depth: number): number {
  if (depth === 0) throw new JsonError('it nests too deeply');
  let at = skipSpace(json, from + 1);
  if (json[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipSpace(json, walkValue(json, at, depth - 1));
    if (json[at] === CLOSE_ARRAY) return at + 1;
    if (json[at] !== COMMA) throw new JsonError('a comma or a closing bracket was expected');
    at = skipSpace(json, at + 1);
  }
}

/** Strings that are longer are searched: that is many times faster than to walk them. */
const WALKED_BYTES = 32;
/** Below the space, or a backslash. */
const NOT_PLAIN = /[^ -[\]-\xff]/;

/** Index of the quote that ends a long string without escapes which continues at `from`; else `from`. */
function plainEnd(json: Buffer, from: number): number {
  const near = from + WALKED_BYTES;
  for (let at = from; at < near; at += 1) if (!IS_PLAIN[json[at] ?? 0]) return from;
  const quote = json.indexOf(QUOTE, near);
  return quote < 0 || NOT_PLAIN.test(json.toString('latin1', near, quote)) ? from : quote;
}

function walkString(json: Buffer, from: number): number {
  let at = plainEnd(json, from + 1);
  for (;;) {
    while (IS_PLAIN[json[at] ?? 0]) at += 1;
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === undefined) throw new JsonError('it ends in a string');
    if (byte !== BACKSLASH) throw new JsonError('a string holds a control character');
    at = walkEscape(json, at + 1) + 1;
  }
}

/** Index of the last byte of the escape whose second byte is at `at`. */
function walkEscape(json: Buffer, at: number): number {
  const byte = json[at];
  if (byte !== undefined && ESCAPED.has(byte)) return at;
  const digits = json.toString('latin1', at + 1, at + 5);
  if (byte !== LETTER_U || !/^[0-9a-fA-F]{4}$/.test(digits)) {
    throw new JsonError('a string holds an unknown escape');
  }
  return at + 4;
}

function walkLiteral(json: Buffer, at: number): number | undefined {
  const word = LITERALS.find((literal) => literal[0] === json[at]);
  if (!word) return undefined;
  if (json.compare(word, 0, word.length, at, Math.min(at + word.length, json.length)) === 0) {
    return at + word.length;
  }
  throw new JsonError('a word in it is not true, false or null');
}

function walkNumber(json: Buffer, from: number): number {
  const first = json[from] === MINUS ? from + 1 : from;
  let at = json[first] === ZERO ? first + 1 : walkDigits(json, first);
  if (json[at] === POINT) at = walkDigits(json, at + 1);
  if (((json[at] ?? 0) | 0x20) !== LETTER_E) return at;
  const sign = json[at + 1];
  return walkDigits(json, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

function walkDigits(json: Buffer, from: number): number {
  let at = from;
  while (isDigit(json[at] ?? 0)) at += 1;
  if (at === from) throw new JsonError('a value was expected');
  return at;
}
