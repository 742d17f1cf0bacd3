/** What a thousand open sessions cost in memory, and whether they slow the others. */
import { type Bench, type Experiment, size } from '../bench.ts';
import { openSessions } from '../load/once.ts';
import { compare, measure } from '../measure.ts';
import { settledMemory } from '../processes/settled-memory.ts';
import { directTarget } from '../targets/direct-target.ts';
import { startScenario, THREE_SERVERS } from '../targets/scenario.ts';
import type { Target } from '../targets/target.ts';
import { CONNECTIONS } from './calls.ts';

/** On a gateway of its own: sessions of earlier experiments would count. */
export const heldSessions: Experiment = {
  name: 'held-sessions',
  async run(bench) {
    const scenario = await startScenario(bench.upstream);
    try {
      const target = await scenario.threeServers('principal');
      const before = await shareOfDirect(bench, 'no session held', target);
      const sessions = size(bench, 1000, 50);
      await openSessions(target.load, sessions);
      const bytes = await settledMemory(target.processes());
      const after = await shareOfDirect(bench, `${sessions} sessions held`, target);
      bench.journal.memory.push({ label: `${sessions} sessions held`, bytes });
      bench.journal.findings.push(
        { row: 'held-sessions-memory', values: [(bytes['proxy-plugin'] ?? 0) / 1e6] },
        {
          row: 'held-sessions-throughput',
          values: after.map((share, round) => share / (before[round] ?? Number.NaN)),
        },
      );
    } finally {
      await scenario.stop();
    }
  },
};

/** Against direct, so that a slower minute of the machine does not look like a slower gateway. */
async function shareOfDirect(
  bench: Bench,
  label: string,
  target: Target,
): Promise<readonly number[]> {
  const [direct = [], gateway = []] = await measure(
    bench,
    { label: `tools/call c=32, ${label}`, operation: 'call', connections: CONNECTIONS },
    [directTarget(bench.upstream, THREE_SERVERS), target],
  );
  return compare(gateway, direct, (ours, theirs) => ours.perSecond / theirs.perSecond);
}
