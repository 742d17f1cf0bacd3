/** What the gateway adds to one call at a time when every process shares one core. */
import type { Experiment } from '../bench.ts';
import { compare, measure } from '../measure.ts';
import { pinned } from '../processes/pin.ts';
import { directTarget, plainNginxTarget } from '../targets/direct-target.ts';
import { THREE_SERVERS } from '../targets/scenario.ts';

export const latency: Experiment = {
  name: 'latency',
  async run(bench) {
    const { threeServers } = await bench.scenario();
    const targets = [
      directTarget(bench.upstream, THREE_SERVERS),
      plainNginxTarget(bench.upstream, bench.plainNginx, THREE_SERVERS),
      await threeServers('principal'),
    ];
    const pids = [bench.generator.pid, bench.upstream.pid].concat(
      targets.flatMap((target) => target.processes().map(({ pid }) => pid)),
    );
    const [direct = [], , gateway = []] = await pinned(pids, () =>
      measure(
        bench,
        { label: 'tools/call c=1, one core', operation: 'call', connections: 1 },
        targets,
      ),
    );
    bench.journal.findings.push({
      row: 'latency',
      values: compare(gateway, direct, (ours, theirs) => ours.latency.p50Us - theirs.latency.p50Us),
    });
  },
};
