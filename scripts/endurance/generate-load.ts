/** Callers over every client transport, to every server, until they are stopped. */
import { type CallTally, createCallTally } from './call-tally.ts';
import { type LoadClient, type OpenClient, Refusal, type Reply } from './clients/client.ts';
import { openRest } from './clients/rest.ts';
import { openSse } from './clients/sse.ts';
import { openStreamableHttp } from './clients/streamable-http.ts';
import type { Random } from './random.ts';
import { DEPENDABLE, HOSTILE, type Scene } from './start-scene.ts';

export interface Load {
  readonly tally: CallTally;
  /** Resolves when the last call has ended. */
  stop(): Promise<void>;
}

const TRANSPORTS: readonly OpenClient[] = [openStreamableHttp, openSse, openRest];
const MOST_CALLS_PER_SESSION = 15;
/** A caller whom the gateway sends away comes back after this. */
const PAUSE_MS = 50;
/** All but the endless line, which costs a whole core for a second. */
const FAULTS = [
  'behave',
  'flood_stderr',
  'flood_notifications',
  'flood_requests',
  'ask_after_the_answer',
  'babble',
  'answer_wrongly',
  'drip',
  'bomb',
  'answer_at_length',
  'die_in_the_answer',
  'hang',
  'go_deaf',
];

export function generateLoad(scene: Scene, random: Random): Load {
  const tally = createCallTally();
  let isOver = false;
  let calls = 0;

  const callOnce = async (client: LoadClient, server: string): Promise<Reply> => {
    if (server === HOSTILE) return client.call(random.pick(FAULTS), {});
    calls += 1;
    const message = `${server} ${calls}`;
    const reply = await client.call('echo', { message });
    const isForeign = reply.kind === 'answered' && reply.text !== message;
    return isForeign ? { kind: 'unclear', text: `${reply.text} for ${message}` } : reply;
  };
  const timed = async <T>(server: string, action: () => Promise<T>, reply: (value: T) => Reply) => {
    const startedAt = performance.now();
    const add = (ending: Reply | { readonly kind: 'broken'; readonly text: string }) =>
      tally.add({ ...ending, server, startedAt, endedAt: performance.now() });
    try {
      const value = await action();
      add(reply(value));
      return value;
    } catch (error) {
      add(endingOf(error));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return undefined;
    }
  };
  const visit = async (open: OpenClient, server: string) => {
    const opened = () => open(scene.url(server), random.pick(scene.keys));
    const client = await timed(server, opened, () => ({ kind: 'answered', text: '' }));
    if (!client) return;
    for (let left = 1 + random.below(MOST_CALLS_PER_SESSION); left > 0 && !isOver; left--) {
      const reply = await timed(
        server,
        () => callOnce(client, server),
        (value) => value,
      );
      if (reply === undefined) break;
    }
    await client.leave(random.below(2) === 0).catch(() => {});
  };
  const caller = async (open: OpenClient, server: string) => {
    while (!isOver) await visit(open, server);
  };
  const callers = TRANSPORTS.flatMap((open) =>
    [...DEPENDABLE, HOSTILE].map((server) => caller(open, server)),
  );
  return {
    tally,
    async stop() {
      isOver = true;
      await Promise.all(callers);
    },
  };
}

/** What a call that brought no reply means. */
function endingOf(error: unknown): {
  readonly kind: Reply['kind'] | 'broken';
  readonly text: string;
} {
  if (!(error instanceof Error)) return { kind: 'unclear', text: String(error) };
  if (error instanceof Refusal) return { kind: 'refused', text: error.message };
  const isUnclear = error.name === 'TimeoutError' || error instanceof SyntaxError;
  return { kind: isUnclear ? 'unclear' : 'broken', text: `${error.name}: ${error.message}` };
}
