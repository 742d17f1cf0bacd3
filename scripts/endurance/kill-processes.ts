/** kill -9 of one process after another, at random, each time until the gateway serves everybody again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasMark, type RunningProcess } from '../supervisor/running-processes.ts';
import { usageOf } from '../testing/gateway-usage.ts';
import { waitFor } from '../testing/wait-for.ts';
import type { Disturbance } from './call-tally.ts';
import { openStreamableHttp } from './clients/streamable-http.ts';
import type { Random } from './random.ts';
import { DEPENDABLE, type Scene, SERVER_MARK, STDIO } from './start-scene.ts';

export interface Kills {
  /** What was killed, in order. */
  readonly victims: readonly string[];
  readonly disturbances: readonly Disturbance[];
  /** Rejects when the gateway did not come back after a kill. */
  stop(): Promise<void>;
}

interface Victim {
  readonly name: string;
  /** Undefined = all of them suffer. */
  readonly server: string | undefined;
  find(scene: Scene): Promise<number | undefined>;
}

const PAUSE_MS = { least: 1_000, more: 2_000 };
/** The supervisor waits up to 10 s before it starts again what was killed several times. */
const BACK_WITHIN_MS = 30_000;
/** Whoever lost a stream finds out and comes back. */
const AFTERMATH_MS = 3_000;

const PLANE_ROLES = ['control-plane', 'proxy-plugin', 'nginx'] as const;

const VICTIMS: readonly Victim[] = [
  ...PLANE_ROLES.map((role) => ({
    name: role,
    server: undefined,
    find: async ({ gateway }: Scene) => gateway.processes()[role],
  })),
  {
    name: 'an NGINX worker',
    server: undefined,
    async find({ gateway }) {
      const { nginx } = gateway.processes();
      return pidOf(gateway, ({ name, parent }) => name === 'nginx' && parent === nginx);
    },
  },
  ...STDIO.map((server) => ({
    name: `a child of ${server}`,
    server,
    find: ({ gateway }: Scene) =>
      pidOf(gateway, (running) => hasMark(running, [`${SERVER_MARK}=${server}`])),
  })),
];

async function pidOf(gateway: Scene['gateway'], fits: (running: RunningProcess) => boolean) {
  return (await usageOf(gateway)).processes.find(fits)?.pid;
}

export function killProcesses(scene: Scene, random: Random): Kills {
  const victims: string[] = [];
  const disturbances: Disturbance[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  let left: Victim[] = [];

  /** Each kind comes once before one comes again. */
  const next = (): Victim => {
    if (left.length === 0) left = [...VICTIMS];
    const victim = random.pick(left);
    left = left.filter((other) => other !== victim);
    return victim;
  };
  const kill = async ({ name, server, find }: Victim) => {
    const pid = await find(scene).catch(() => undefined);
    if (pid === undefined) return;
    const from = performance.now();
    process.kill(pid, 'SIGKILL');
    victims.push(name);
    await waitFor(() => servesAll(scene), `all servers after the end of ${name}`, BACK_WITHIN_MS);
    disturbances.push({ server, from, to: performance.now() + AFTERMATH_MS });
  };
  const run = async () => {
    while (!signal.aborted) {
      await kill(next());
      const pause = PAUSE_MS.least + random.below(PAUSE_MS.more);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  running.catch(() => {});
  return {
    victims,
    disturbances,
    stop() {
      stopping.abort();
      return running;
    },
  };
}

async function servesAll({ keys: [key = ''], url }: Scene): Promise<boolean> {
  for (const server of DEPENDABLE) {
    const client = await openStreamableHttp(url(server), key);
    const { text } = await client.call('echo', { message: 'there' });
    await client.leave(true);
    if (text !== 'there') return false;
  }
  return true;
}
