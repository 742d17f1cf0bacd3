/** How many legacy sessions are opened per second: `initialize` and `initialized`. */
import type { Experiment } from '../bench.ts';
import { compare, measure } from '../measure.ts';
import { directTarget } from '../targets/direct-target.ts';
import { THREE_SERVERS } from '../targets/scenario.ts';
import { CONNECTIONS } from './calls.ts';

export const sessionRate: Experiment = {
  name: 'session-rate',
  async run(bench) {
    const { threeServers } = await bench.scenario();
    const [direct = [], gateway = []] = await measure(
      bench,
      { label: 'open a session, c=32', operation: 'session', connections: CONNECTIONS },
      [directTarget(bench.upstream, THREE_SERVERS), await threeServers('principal')],
    );
    bench.journal.findings.push({
      row: 'session-rate',
      values: compare(gateway, direct, (ours, theirs) => ours.perSecond / theirs.perSecond),
    });
  },
};
