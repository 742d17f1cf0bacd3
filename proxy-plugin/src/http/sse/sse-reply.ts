/** A response in pieces on a stream that other responses share. */
import type { Reply, ReplyOptions } from '../../mcp/exchange.ts';
import { HELD_BYTES } from '../../streams/event-bytes.ts';
import type { SseStream, Turn } from './sse-stream.ts';

export class SseReply implements Reply {
  /** Always: whatever closes the stream ends the call as well. */
  readonly streaming = true;
  readonly status = 200;
  readonly #stream: SseStream;
  readonly #onDrain: () => void;
  readonly #onEnd: () => void;
  #state: 'held' | 'queued' | 'flowing' | 'ended' = 'held';
  #turn: Turn | undefined;
  #held: Buffer[] = [];
  #bytes = 0;

  /** `onEnd` is told when nothing more comes, complete or not. */
  constructor(
    stream: SseStream,
    { onDrain }: Pick<ReplyOptions, 'onDrain'>,
    onEnd: () => void = () => {},
  ) {
    this.#stream = stream;
    this.#onDrain = onDrain;
    this.#onEnd = onEnd;
  }

  get bytes(): number {
    return this.#bytes;
  }

  notification(message: Buffer): boolean {
    if (this.#bytes > 0 || !this.#stream.open) return false;
    this.#stream.send('message', message);
    return true;
  }

  /** The stream itself is kept alive, not each call on it. */
  keepAlive(): void {}

  chunk(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    if (this.#turn) return this.#turn.write([bytes]);
    this.#held.push(bytes);
    if (this.#bytes <= HELD_BYTES) return true;
    if (this.#state === 'queued') return false;
    this.#state = 'queued';
    let flowing = false;
    let returned = false;
    this.#stream.take((turn) => {
      flowing = this.#start(turn);
      if (flowing && returned) this.#onDrain();
    });
    returned = true;
    return flowing;
  }

  end(): void {
    if (this.#turn) this.#turn.end();
    else this.#stream.send('message', Buffer.concat(this.#held));
    this.#finish();
  }

  fail(response: Buffer): void {
    this.#turn?.abandon();
    this.#bytes = response.length;
    this.#stream.send('message', response);
    this.#finish();
  }

  cancel(): void {
    this.#turn?.abandon();
    this.#finish();
  }

  #start(turn: Turn): boolean {
    if (this.#state === 'ended') {
      turn.abandon();
      return false;
    }
    this.#state = 'flowing';
    this.#turn = turn;
    turn.onDrain = this.#onDrain;
    const pieces = this.#held;
    this.#held = [];
    return turn.write(pieces);
  }

  #finish(): void {
    this.#state = 'ended';
    this.#turn = undefined;
    this.#held = [];
    this.#onEnd();
  }
}
