/** The reply to a REST call, held until it is whole: its status tells how the call ended. */
import type { HeldReply } from '../../in-flight/held-replies.ts';
import type { LimitStanding, Reply } from '../../mcp/exchange.ts';
import type { ReplySummary, UpstreamFailure } from '../../upstream/upstream.ts';
import { type HttpClient, type SentProblem, sendJson, sendProblem } from '../send.ts';
import { readReply } from './read-reply.ts';

/** For the record alone: as NGINX has it, for a client that closed the connection. */
const CLIENT_HAS_GONE = 499;

export class RestReply implements Reply {
  /** A client of REST takes no stream: what would come before the result is dropped. */
  readonly streaming = false;
  readonly #client: HttpClient;
  readonly #limits: LimitStanding;
  readonly #memory: HeldReply;
  #held: Buffer[] = [];
  #isTooLarge = false;
  #status = 0;
  #bytes = 0;
  #failure: UpstreamFailure | undefined;

  constructor(client: HttpClient, limits: LimitStanding, memory: HeldReply) {
    this.#client = client;
    this.#limits = limits;
    this.#memory = memory;
    // The client has read all of it, or is gone. Before that the bytes wait in its socket's buffer.
    client.response.once('close', () => this.#drop());
  }

  get bytes(): number {
    return this.#bytes;
  }

  get status(): number {
    return this.#status;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  notification(): boolean {
    return false;
  }

  keepAlive(): void {}

  chunk(bytes: Buffer): boolean {
    if (this.#isTooLarge || this.#client.response.destroyed) return true;
    if (this.#memory.take(bytes.length)) this.#held.push(bytes);
    else {
      this.#isTooLarge = true;
      this.#drop();
    }
    return true;
  }

  end({ isError }: Pick<ReplySummary, 'isError'>): void {
    const message = Buffer.concat(this.#held);
    this.#held = [];
    const reply = this.#isTooLarge ? { failure: NO_ROOM } : readReply(message, isError);
    if ('result' in reply) {
      this.#status = 200;
      this.#bytes = sendJson(this.#client, 200, reply.result, {}, this.#limits);
    } else if ('problem' in reply) this.#refuse(reply.problem);
    else {
      this.#failure = reply.failure;
      this.#refuseBy(reply.failure);
    }
  }

  fail(_: Buffer, failure: UpstreamFailure): void {
    this.#drop();
    this.#refuseBy(failure);
  }

  cancel(): void {
    this.#drop();
    this.#status = CLIENT_HAS_GONE;
    this.#client.response.destroy();
  }

  #refuseBy({ reason, message: detail, notRun, retryAfterSeconds }: UpstreamFailure): void {
    const extra = { name: 'not_run', value: Buffer.from(String(notRun)) };
    this.#refuse({ status: STATUSES[reason] ?? 502, reason, detail, retryAfterSeconds, extra });
  }

  #refuse(problem: SentProblem): void {
    this.#status = problem.status;
    this.#bytes = sendProblem(this.#client, { ...problem, limits: this.#limits });
  }

  #drop(): void {
    this.#memory.free();
    this.#held = [];
  }
}

/** Of failures that are not plain 502. */
const STATUSES: Partial<Record<UpstreamFailure['reason'], number>> = {
  capacity: 503,
  down: 503,
  timeout: 504,
};

const NO_ROOM: UpstreamFailure = {
  reason: 'capacity',
  message:
    'The gateway holds too many large replies to hold this one too. ' +
    'The tool may have done its work. Over MCP replies of any number are carried.',
  notRun: false,
};
