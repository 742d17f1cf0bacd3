/** Incremental parser of server-sent events (WHATWG HTML §9.2.6): data bytes go on as they come. */

export interface EventStreamEvents {
  /** Bytes of the current event's data; between two `data:` lines there is a line break. */
  data(bytes: Buffer): void;
  /**
   * The event is complete. Not called for an event without data bytes, which servers send first so that
   * clients learn an id to resume from.
   */
  end(): void;
  /** An event of another type than `message`, with its data up to 8 KiB. */
  named?(type: string, data: string): void;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const LINE_BREAK = Buffer.from('\n');
/** Field names and the values of fields other than `data` are kept up to here. */
const MAX_FIELD_BYTES = 1_024;
/** Data of events of other types are kept up to here: HTTP+SSE servers name their endpoint in one. */
const MAX_NAMED_BYTES = 8 * 1_024;

/** Feed it chunks of a `text/event-stream`. */
export class EventStreamParser {
  readonly #events: EventStreamEvents;
  #part: 'name' | 'gap' | 'value' = 'name';
  #name = '';
  #value = '';
  #type = '';
  #named = '';
  #id: string | undefined;
  #lastId: string | undefined;
  #retryMs: number | undefined;
  #hasData = false;
  #afterCr = false;

  constructor(events: EventStreamEvents) {
    this.#events = events;
  }

  /** Id of the last complete event that had one; `''` takes an earlier one back. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** How long the server wants clients to wait before they come back, in milliseconds. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  push(chunk: Buffer): void {
    for (let i = 0; i < chunk.length; ) {
      const byte = chunk[i] ?? 0;
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        i += 1;
      } else {
        this.#afterCr = false;
        i = this.#part === 'name' ? this.#readName(chunk, i) : this.#readValue(chunk, i);
      }
    }
  }

  #readName(chunk: Buffer, from: number): number {
    const byte = chunk[from] ?? 0;
    if (byte === COLON) this.#part = 'gap';
    else if (byte === LF || byte === CR) this.#endLine(byte);
    else if (this.#name.length < MAX_FIELD_BYTES) this.#name += String.fromCharCode(byte);
    if (this.#part === 'gap' && this.#name === 'data') this.#startData();
    return from + 1;
  }

  #startData(): void {
    if (!this.#hasData) return;
    if (this.#isMessage()) this.#events.data(Buffer.from(LINE_BREAK));
    else this.#named += '\n';
  }

  #readValue(chunk: Buffer, from: number): number {
    let start = from;
    if (this.#part === 'gap') {
      this.#part = 'value';
      if (chunk[from] === SPACE) start += 1;
    }
    const end = endOfLine(chunk, start);
    if (end > start) this.#take(chunk.subarray(start, end));
    if (end === chunk.length) return end;
    this.#endLine(chunk[end] ?? LF);
    return end + 1;
  }

  #take(bytes: Buffer): void {
    if (this.#name === 'data') {
      this.#hasData = true;
      if (this.#isMessage()) this.#events.data(bytes);
      else if (this.#named.length < MAX_NAMED_BYTES) {
        this.#named += bytes.toString('utf8', 0, MAX_NAMED_BYTES);
      }
    } else if (this.#value.length < MAX_FIELD_BYTES) {
      this.#value += bytes.toString('utf8', 0, MAX_FIELD_BYTES);
    }
  }

  #endLine(terminator: number): void {
    this.#afterCr = terminator === CR;
    if (this.#part === 'name' && this.#name === '') this.#dispatch();
    else if (this.#name === 'event') this.#type = this.#value;
    else if (this.#name === 'id' && !this.#value.includes('\0')) this.#id = this.#value;
    else if (this.#name === 'retry' && /^\d+$/.test(this.#value)) {
      this.#retryMs = Number(this.#value);
    }
    this.#part = 'name';
    this.#name = '';
    this.#value = '';
  }

  #dispatch(): void {
    const [type, named, hasData] = [this.#type, this.#named, this.#hasData];
    const isMessage = this.#isMessage();
    this.#type = '';
    this.#named = '';
    this.#hasData = false;
    this.#lastId = this.#id;
    if (!hasData) return;
    if (isMessage) this.#events.end();
    else this.#events.named?.(type, named);
  }

  #isMessage(): boolean {
    return this.#type === '' || this.#type === 'message';
  }
}

/** Index of the next CR or LF, or the length. */
function endOfLine(chunk: Buffer, from: number): number {
  const lf = chunk.indexOf(LF, from);
  const end = lf < 0 ? chunk.length : lf;
  const cr = chunk.subarray(from, end).indexOf(CR);
  return cr < 0 ? end : from + cr;
}
