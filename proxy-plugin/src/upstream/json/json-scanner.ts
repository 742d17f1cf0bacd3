/** Incremental JSON scanner: checks structure over any chunking, reports keys and values near the top. */

import { hasLineBreak, isDigit, isInNumber, isLetter } from './json-bytes.ts';

/** Bytes that are not the JSON they should be. The message is safe to show: it quotes no content. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** Told of values in containers of depth 0 (the root itself) to the watched one. Offsets count from the first byte. */
export interface JsonVisitor {
  /** A key, undecoded and cut at `MAX_KEY`; a backslash in it means that it was written with escapes. */
  key(depth: number, raw: string): void;
  valueStart(depth: number, offset: number, firstByte: number): void;
  /** `offset` is behind the value's last byte. */
  valueEnd(depth: number, offset: number): void;
}

/** Deeper than any honest schema, shallow enough for every recursive reader behind us. */
export const MAX_DEPTH = 512;
const WATCHED_DEPTH = 2;

export interface ScanBounds {
  /** Most containers inside each other; at most `MAX_DEPTH`. */
  readonly maxDepth: number;
  /** The visitor is told of containers down to this depth. */
  readonly watchedDepth: number;
}

const DEFAULT_BOUNDS: ScanBounds = { maxDepth: MAX_DEPTH, watchedDepth: WATCHED_DEPTH };
const MAX_KEY = 64;
/** Shorter strings are faster to walk than to search. */
const WALKED_BYTES = 24;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const MINUS = 0x2d;

const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const BEFORE_COLON = 4;
const AFTER_VALUE = 5;
const IN_STRING = 6;
const IN_KEY = 7;
const IN_NUMBER = 8;
const IN_LITERAL = 9;
const DONE = 10;

/** Scans one JSON text. Numbers and escapes are checked by alphabet only, all else by grammar. */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  readonly #maxDepth: number;
  readonly #watchedDepth: number;
  /** By depth: 1 in an object, 0 in an array. */
  readonly #isObject: (0 | 1)[] = [0];
  #state = VALUE;
  #depth = 0;
  /** Offset of the current chunk. */
  #base = 0;
  #text = '';
  #escaped = false;
  #lineBreaks = false;

  constructor(visitor: JsonVisitor, bounds: ScanBounds = DEFAULT_BOUNDS) {
    this.#visitor = visitor;
    this.#maxDepth = bounds.maxDepth;
    this.#watchedDepth = bounds.watchedDepth;
  }

  /**
   * Scans the next bytes. Line breaks between tokens become spaces in place, so that a message fits a
   * stdio line or one `data:` line; inside a string they are not JSON. Throws `JsonError`.
   */
  push(chunk: Buffer): void {
    this.#lineBreaks = chunk.includes(LF) || chunk.includes(CR);
    for (let i = 0; i < chunk.length; ) {
      if (this.#state === IN_STRING || this.#state === IN_KEY) i = this.#string(chunk, i);
      else if (this.#state === IN_NUMBER) i = this.#number(chunk, i);
      else if (this.#state === IN_LITERAL) i = this.#literal(chunk, i);
      else i = this.#between(chunk, i);
    }
    this.#base += chunk.length;
  }

  /** Throws `JsonError` unless exactly one value was complete. */
  end(): void {
    if (this.#depth === 0 && this.#state === IN_NUMBER) this.#ended(this.#base);
    if (this.#depth === 0 && this.#state === IN_LITERAL) this.#literalEnded(this.#base);
    if (this.#state !== DONE) throw new JsonError('it ends too early');
  }

  /** One byte between or at the start of tokens; a number or word is left for its own walk. */
  #between(chunk: Buffer, i: number): number {
    const byte = chunk[i] ?? 0;
    if (byte === SPACE || byte === TAB) return i + 1;
    if (byte === LF || byte === CR) {
      chunk[i] = SPACE;
      return i + 1;
    }
    this.#token(byte, this.#base + i);
    return this.#state === IN_NUMBER || this.#state === IN_LITERAL ? i : i + 1;
  }

  #token(byte: number, at: number): void {
    switch (this.#state) {
      case VALUE:
        this.#begin(byte, at);
        return;
      case VALUE_OR_END:
        if (byte === CLOSE_ARRAY) this.#close(0, at + 1);
        else this.#begin(byte, at);
        return;
      case KEY_OR_END:
        if (byte === CLOSE_OBJECT) this.#close(1, at + 1);
        else this.#beginKey(byte);
        return;
      case KEY:
        this.#beginKey(byte);
        return;
      case BEFORE_COLON:
        if (byte !== 0x3a) throw new JsonError('a colon was expected');
        this.#state = VALUE;
        return;
      case AFTER_VALUE:
        if (byte === 0x2c) this.#state = this.#isObject[this.#depth] ? KEY : VALUE;
        else if (byte === CLOSE_OBJECT) this.#close(1, at + 1);
        else if (byte === CLOSE_ARRAY) this.#close(0, at + 1);
        else throw new JsonError('a comma or a closing bracket was expected');
        return;
      default:
        throw new JsonError('bytes follow its end');
    }
  }

  #beginKey(byte: number): void {
    if (byte !== QUOTE) throw new JsonError('a key was expected');
    this.#state = IN_KEY;
    this.#text = '';
  }

  #begin(byte: number, at: number): void {
    if (this.#depth <= this.#watchedDepth) this.#visitor.valueStart(this.#depth, at, byte);
    if (byte === QUOTE) this.#state = IN_STRING;
    else if (byte === OPEN_OBJECT) this.#open(1);
    else if (byte === OPEN_ARRAY) this.#open(0);
    else if (byte === MINUS || isDigit(byte)) this.#state = IN_NUMBER;
    else if (isLetter(byte)) {
      this.#state = IN_LITERAL;
      this.#text = '';
    } else throw new JsonError('a value was expected');
  }

  #open(object: 0 | 1): void {
    if (this.#depth === this.#maxDepth) {
      throw new JsonError(`it nests deeper than ${this.#maxDepth} levels`);
    }
    this.#depth += 1;
    this.#isObject[this.#depth] = object;
    this.#state = object ? KEY_OR_END : VALUE_OR_END;
  }

  #close(object: 0 | 1, end: number): void {
    if (this.#isObject[this.#depth] !== object) throw new JsonError('its brackets do not match');
    this.#depth -= 1;
    this.#ended(end);
  }

  #ended(end: number): void {
    this.#state = this.#depth === 0 ? DONE : AFTER_VALUE;
    if (this.#depth <= this.#watchedDepth) this.#visitor.valueEnd(this.#depth, end);
  }

  /** Walks a string from `from`; gives the index behind what it consumed. */
  #string(chunk: Buffer, from: number): number {
    const start = this.#escaped ? from + 1 : from;
    let quote = indexOfQuote(chunk, start);
    while (quote >= 0 && endsEscaped(chunk, start, quote)) quote = indexOfQuote(chunk, quote + 1);
    const stop = quote < 0 ? chunk.length : quote;
    this.#escaped = quote < 0 && endsEscaped(chunk, start, stop);
    if (this.#lineBreaks && hasLineBreak(chunk.subarray(from, stop))) {
      throw new JsonError('a string holds a raw line break');
    }
    const isKey = this.#state === IN_KEY;
    if (isKey && this.#depth <= this.#watchedDepth && this.#text.length < MAX_KEY) {
      this.#text += chunk.toString('latin1', from, Math.min(stop, from + MAX_KEY));
    }
    if (quote < 0) return stop;
    if (isKey) this.#keyEnded();
    else this.#ended(this.#base + quote + 1);
    return quote + 1;
  }

  #keyEnded(): void {
    this.#state = BEFORE_COLON;
    if (this.#depth <= this.#watchedDepth) this.#visitor.key(this.#depth, this.#text);
  }

  #number(chunk: Buffer, from: number): number {
    let i = from;
    while (i < chunk.length && isInNumber(chunk[i] ?? 0)) i += 1;
    if (i < chunk.length) this.#ended(this.#base + i);
    return i;
  }

  #literal(chunk: Buffer, from: number): number {
    let i = from;
    while (i < chunk.length && isLetter(chunk[i] ?? 0)) i += 1;
    if (this.#text.length + i - from > 5) throw new JsonError(UNKNOWN_WORD);
    this.#text += chunk.toString('latin1', from, i);
    if (i < chunk.length) this.#literalEnded(this.#base + i);
    return i;
  }

  #literalEnded(end: number): void {
    const word = this.#text;
    if (word !== 'true' && word !== 'false' && word !== 'null') throw new JsonError(UNKNOWN_WORD);
    this.#ended(end);
  }
}

const UNKNOWN_WORD = 'a word in it is not true, false or null';

function indexOfQuote(chunk: Buffer, from: number): number {
  const walked = Math.min(from + WALKED_BYTES, chunk.length);
  for (let i = from; i < walked; i += 1) if (chunk[i] === QUOTE) return i;
  return walked >= chunk.length ? -1 : chunk.indexOf(QUOTE, walked);
}

/** Whether an odd number of backslashes stands before `end`. */
function endsEscaped(chunk: Buffer, start: number, end: number): boolean {
  let i = end;
  while (i > start && chunk[i - 1] === BACKSLASH) i -= 1;
  return (end - i) % 2 === 1;
}
