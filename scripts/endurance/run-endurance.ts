/** Mixed load on a gateway whose processes are killed at random, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../testing/gateway-usage.ts';
import { findLeaks } from './find-leaks.ts';
import { generateLoad } from './generate-load.ts';
import { killProcesses } from './kill-processes.ts';
import { createRandom } from './random.ts';
import { HOSTILE, startScene } from './start-scene.ts';

export interface EnduranceReport {
  readonly calls: Readonly<Record<'answered' | 'refused' | 'broken' | 'unclear', number>>;
  /** What was killed, in order. */
  readonly victims: readonly string[];
  /** Unclear answers, and failures that no kill explains; one line each. */
  readonly faults: readonly string[];
  readonly leaks: readonly string[];
}

/** Rejects when the gateway does not start, or does not come back after a kill. */
export async function runEndurance(durationMs: number, seed: number): Promise<EnduranceReport> {
  await using scene = await startScene();
  const before = await usageOf(scene.gateway);
  const load = generateLoad(scene, createRandom(seed));
  const kills = killProcesses(scene, createRandom(seed + 1));
  await sleep(durationMs);
  try {
    await kills.stop();
  } finally {
    await load.stop();
  }
  const { tally } = load;
  const faults = tally.faults(kills.disturbances, HOSTILE);
  return {
    calls: {
      answered: tally.count('answered'),
      refused: tally.count('refused'),
      broken: tally.count('broken'),
      unclear: tally.count('unclear'),
    },
    victims: kills.victims,
    faults: faults.map(({ kind, server, text, endedAt, startedAt }) => {
      return `${kind} after ${Math.round(endedAt - startedAt)} ms at ${server}: ${text.slice(0, 300)}`;
    }),
    leaks: await findLeaks(scene.gateway, before),
  };
}
