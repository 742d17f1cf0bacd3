/** Whether a call or a list costs more when the same tools come from many servers. */
import { type Experiment, size } from '../bench.ts';
import { compare, measure } from '../measure.ts';
import { startScenario } from '../targets/scenario.ts';
import { gatewayCpuUs } from './calls.ts';

const CONNECTIONS = 8;

/** On a gateway of its own: hundreds of servers should not weigh on other rows. */
export const manyServers: Experiment = {
  name: 'many-servers',
  async run(bench) {
    const scenario = await startScenario(bench.upstream);
    try {
      const count = size(bench, 200, 10);
      const many = Array.from({ length: count }, (_, index) => ({
        name: `many${index}`,
        tools: 2,
      }));
      const targets = [
        {
          ...(await scenario.addEndpoint('one', [{ name: 'one', tools: 2 * count }])),
          name: '1 server',
        },
        { ...(await scenario.addEndpoint('many', many)), name: `${count} servers` },
      ];
      for (const operation of ['call', 'list'] as const) {
        const [few = [], all = []] = await measure(
          bench,
          { label: `tools/${operation} c=${CONNECTIONS}`, operation, connections: CONNECTIONS },
          targets,
        );
        bench.journal.findings.push({
          row: `servers-${operation}`,
          values: compare(all, few, (ours, theirs) => gatewayCpuUs(ours) / gatewayCpuUs(theirs)),
        });
      }
    } finally {
      await scenario.stop();
    }
  },
};
