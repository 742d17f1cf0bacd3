/** Memory of one idle SSE stream: what NGINX and the sidecar grow by, divided by the number of streams. */
import { type Bench, type Experiment, size } from '../bench.ts';
import { openIdleStreams } from '../load/idle-streams.ts';
import { openSessions } from '../load/once.ts';
import { settledMemory } from '../processes/settled-memory.ts';
import { total } from '../processes/usage.ts';
import { startScenario } from '../targets/scenario.ts';
import type { Target } from '../targets/target.ts';

/** On a gateway of its own: memory that earlier load left free would hide the streams. */
export const idleStreams: Experiment = {
  name: 'idle-streams',
  async run(bench) {
    const scenario = await startScenario(bench.upstream);
    try {
      await measureStreams(bench, await scenario.threeServers('principal'));
    } finally {
      await scenario.stop();
    }
  },
};

async function measureStreams(bench: Bench, target: Target): Promise<void> {
  const count = size(bench, 1000, 20);
  const sessions = await openSessions(target.load, count);
  const before = await settledMemory(target.processes());
  const streams = await openIdleStreams(target.load, sessions).catch((error: Error) => error);
  if (streams instanceof Error) {
    bench.journal.notes.push(
      `idle-streams: not measured, the gateway opened no stream (${streams.message})`,
    );
    return;
  }
  const after = await settledMemory(target.processes());
  streams.close();
  const grown = total(after, ['nginx', 'proxy-plugin']) - total(before, ['nginx', 'proxy-plugin']);
  bench.journal.memory.push({ label: `${count} idle streams`, bytes: after });
  bench.journal.findings.push({ row: 'idle-stream', values: [grown / count / 1000] });
}
