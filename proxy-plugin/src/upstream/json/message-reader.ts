/** Reads one JSON-RPC message from bytes as they come: its kind, its id, and its bytes with a hole for the id. */
import { JsonError, JsonScanner, type JsonVisitor } from './json-scanner.ts';

/** Stands in `pieces` where the value of the top-level `id` was. */
export const ID_HOLE: Buffer = Buffer.alloc(0);

export type MessageKind = 'request' | 'notification' | 'response';

export interface ReadMessage {
  readonly kind: MessageKind;
  /** JSON text of the id; `''` if there is none, which some error responses leave out. */
  readonly id: string;
  /** A JSON-RPC error, or a result whose `isError` is true. */
  readonly isError: boolean;
}

const MAX_ID_BYTES = 256;
const MAX_TOP_KEYS = 32;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const OPEN_OBJECT = 0x7b;

/** Reads one message. `push` and `end` throw `JsonError` when it is not a JSON-RPC message. */
export class MessageReader {
  readonly #scanner = new JsonScanner(this.#visitor());
  readonly #seen = new Set<string>();
  #pieces: Buffer[] = [];
  #chunk: Buffer = ID_HOLE;
  /** Offset of the current chunk, and index in it of the first byte that is not copied yet. */
  #base = 0;
  #from = 0;
  #inId = false;
  #id = '';
  /** Some servers write `"error":null` beside a result. */
  #hasError = false;
  #isToolError = false;
  #key = '';
  #innerKey = '';

  /** Bytes read so far. */
  get size(): number {
    return this.#base;
  }

  /** JSON text of the id, as far as it was read. */
  get id(): string {
    return this.#id;
  }

  /** True as soon as it looks like a response, so that its bytes may flow on before its end. */
  get isResponse(): boolean {
    return (this.#seen.has('result') || this.#seen.has('error')) && !this.#seen.has('method');
  }

  /** Keeps `chunk` (and may turn line breaks in it into spaces) until its bytes are taken. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#from = 0;
    this.#scanner.push(chunk);
    this.#copy(chunk.length);
    this.#base += chunk.length;
  }

  end(): ReadMessage {
    this.#scanner.end();
    const has = (key: string) => this.#seen.has(key);
    if (has('method')) {
      if (has('result') || has('error')) throw new JsonError('it is request and response at once');
      return { kind: has('id') ? 'request' : 'notification', id: this.#id, isError: false };
    }
    // JSON-RPC 2.0 §5: either one. Passed on, each client would make something else of the rest.
    if (!has('result') && !this.#hasError) throw new JsonError('it has no method, result or error');
    if (has('result') && this.#hasError) throw new JsonError('it has both a result and an error');
    return { kind: 'response', id: this.#id, isError: this.#hasError || this.#isToolError };
  }

  /** The bytes read since the last call, `ID_HOLE` in place of the id. */
  take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** Copies the chunk's bytes up to `index` to the pieces, or to the id's text. */
  #copy(index: number): void {
    if (this.#inId) this.#id += this.#chunk.toString('latin1', this.#from, index);
    else if (index > this.#from) this.#pieces.push(this.#chunk.subarray(this.#from, index));
    if (this.#id.length > MAX_ID_BYTES) throw new JsonError('its id is too long');
    this.#from = index;
  }

  #visitor(): JsonVisitor {
    return {
      key: (depth, raw) => {
        if (depth === 1) this.#topKey(raw);
        else this.#innerKey = raw;
      },
      valueStart: (depth, offset, first) => {
        if (depth === 0 && first !== OPEN_OBJECT) throw new JsonError('it is not an object');
        if (depth === 1) this.#innerKey = '';
        this.#noteError(depth, first);
        if (depth !== 1 || this.#key !== 'id') return;
        this.#copy(offset - this.#base);
        this.#pieces.push(ID_HOLE);
        this.#inId = true;
      },
      valueEnd: (depth, offset) => {
        if (depth !== 1 || !this.#inId) return;
        this.#copy(offset - this.#base);
        this.#inId = false;
      },
    };
  }

  #topKey(raw: string): void {
    if (raw.includes('\\')) throw new JsonError('a top-level key is written with escapes');
    if (this.#seen.has(raw)) throw new JsonError(`its key ${JSON.stringify(raw)} comes twice`);
    if (this.#seen.size === MAX_TOP_KEYS) throw new JsonError('it has too many top-level keys');
    this.#seen.add(raw);
    this.#key = raw;
  }

  #noteError(depth: number, first: number): void {
    if (depth === 1 && this.#key === 'error' && first !== LETTER_N) this.#hasError = true;
    if (depth === 2 && this.#key === 'result' && this.#innerKey === 'isError') {
      if (first === LETTER_T) this.#isToolError = true;
    }
  }
}

/** `pieces` with `id` where the hole was. */
export function withId(pieces: readonly Buffer[], id: Buffer): Buffer[] {
  return pieces.map((piece) => (piece === ID_HOLE ? id : piece));
}
