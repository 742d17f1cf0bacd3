/** What one upstream asks the clients of its calls: carried while the call runs, answered exactly once. */
import type { Deadline } from './deadline.ts';
import { withId } from './json/message-reader.ts';
import type { ServerMessage } from './transport.ts';
import type { AskedClient, ReplyHandler } from './upstream.ts';

export interface ServerRequestsDeps {
  /** JSON of the capabilities that the upstream was told of: it may ask for no more. */
  readonly profile: string;
  /** Milliseconds that a client, and the person before it, has for one answer. */
  readonly answerMs?: number;
  send(message: Buffer): void;
  /** Nobody was asked; the upstream got -32601. */
  refused(method: string): void;
}

/** The call on whose behalf the upstream asks. */
export interface AskingCall {
  readonly handler: ReplyHandler;
  /** Stands still while the client is asked: the server can do nothing then. */
  readonly deadline: Deadline;
}

const CAPABILITIES = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);
/** Five minutes: people read before they answer. */
const ANSWER_MS = 5 * 60_000;
/** Open at once; a server that asks for more asks nobody. */
const MAX_OPEN_PER_CALL = 8;
const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

interface OpenRequest {
  /** The server's id, as it wrote it. */
  readonly id: string;
  readonly call: AskingCall;
  readonly asked: AskedClient;
  readonly timer: NodeJS.Timeout;
}

export class ServerRequests {
  readonly #deps: ServerRequestsDeps;
  readonly #declared: ReadonlySet<string>;
  /** By the server's id as canonical JSON. */
  readonly #open = new Map<string, OpenRequest>();

  constructor(deps: ServerRequestsDeps) {
    this.#deps = deps;
    this.#declared = new Set(Object.keys(JSON.parse(deps.profile)));
  }

  /** `call` is undefined when nobody can tell which one it belongs to. */
  take(message: ServerMessage, method: string, call: AskingCall | undefined): void {
    const key = canonical(message.id);
    if (key === undefined) return;
    if (method === 'ping') this.#deps.send(responseOf(message.id, '"result":{}'));
    else if (!call || !this.#mayAsk(key, method, call) || !this.#ask(key, message, method, call)) {
      this.#deps.refused(method);
      this.#fail(message.id, METHOD_NOT_FOUND, 'The gateway has no client to ask for this now.');
    }
  }

  /** `notifications/cancelled` of the server. */
  withdraw(id: unknown, reason: unknown): void {
    const why = typeof reason === 'string' ? reason : 'the server withdrew it';
    this.#close(JSON.stringify(id) ?? '')?.asked.withdraw(why);
  }

  callEnded(call: AskingCall): void {
    for (const [key, request] of this.#open) {
      if (request.call === call) this.#giveUp(key, 'the call that it belongs to has ended');
    }
  }

  #mayAsk(key: string, method: string, call: AskingCall): boolean {
    const capability = CAPABILITIES.get(method);
    if (capability === undefined || !this.#declared.has(capability)) return false;
    const others = [...this.#open.values()].filter((other) => other.call === call);
    return !this.#open.has(key) && others.length < MAX_OPEN_PER_CALL;
  }

  /** False when the client can't be asked. */
  #ask(key: string, { id, pieces }: ServerMessage, method: string, call: AskingCall): boolean {
    const asked = call.handler.request?.({
      method,
      encode: (clientId) => Buffer.concat(withId(pieces, clientId)),
      answer: (encode) => {
        if (this.#close(key)) this.#deps.send(encode(Buffer.from(id, 'latin1')));
      },
    });
    if (!asked) return false;
    call.deadline.hold();
    const tooLong = () => this.#giveUp(key, 'the client took too long');
    const timer = setTimeout(tooLong, this.#deps.answerMs ?? ANSWER_MS);
    this.#open.set(key, { id, call, asked, timer });
    return true;
  }

  #giveUp(key: string, reason: string): void {
    const request = this.#close(key);
    if (!request) return;
    request.asked.withdraw(reason);
    this.#fail(request.id, INTERNAL_ERROR, `No answer: ${reason}.`);
  }

  /** Undefined when it is not open any more. */
  #close(key: string): OpenRequest | undefined {
    const request = this.#open.get(key);
    if (!request) return undefined;
    this.#open.delete(key);
    clearTimeout(request.timer);
    request.call.deadline.release();
    return request;
  }

  #fail(id: string, code: number, message: string): void {
    this.#deps.send(responseOf(id, `"error":${JSON.stringify({ code, message })}`));
  }
}

/** Undefined for what is no id: nobody could be answered. */
function canonical(id: string): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(id, 'latin1').toString());
    return typeof value === 'string' || typeof value === 'number'
      ? JSON.stringify(value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `id` is JSON text as it was read, byte by byte. */
function responseOf(id: string, outcome: string): Buffer {
  return Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":'),
    Buffer.from(id, 'latin1'),
    Buffer.from(`,${outcome}}`),
  ]);
}
