/** The price of a limit on tools: one ask per call in a legacy session. */
import type { Experiment } from '../bench.ts';
import { measure } from '../measure.ts';
import { put, remove } from '../targets/provision.ts';
import { CONNECTIONS, gatewayCpuUs } from './calls.ts';

export const toolLimit: Experiment = {
  name: 'tool-limit',
  async run(bench) {
    const { gateway, threeServers } = await bench.scenario();
    const target = await threeServers('principal');
    await put(gateway, 'limits/tools', {
      unit: 'call',
      per: 'principal',
      tool: 'principal-*/*',
      rate: 1_000_000,
      period_seconds: 1,
      burst: 1_000_000,
    });
    const [rounds = []] = await measure(
      bench,
      { label: 'tools/call c=32, tool limit', operation: 'call', connections: CONNECTIONS },
      [target],
    );
    await remove(gateway, 'limits/tools');
    bench.journal.findings.push({ row: 'cpu-tool-limit', values: rounds.map(gatewayCpuUs) });
  },
};
