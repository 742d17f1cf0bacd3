/**
 * Whether a decision costs more among many keys, endpoints or limits. Asked through NGINX with a
 * bare GET, which the decision allows and the sidecar answers with 405 at once.
 */
import { type Bench, type Experiment, size } from '../bench.ts';
import { compare, measure, type Round } from '../measure.ts';
import type { RowId } from '../report/budget.ts';
import { type Crowd, startCrowdedGateway } from '../seed/crowded-gateway.ts';
import type { Target } from '../targets/target.ts';

const CONNECTIONS = 8;
const FEW = 10;

export const decisionExperiments: readonly Experiment[] = [
  decisionExperiment('decision-keys', 'keys', 100_000),
  decisionExperiment('decision-endpoints', 'endpoints', 1000),
  decisionExperiment('decision-limits', 'limits', 10_000),
];

function decisionExperiment(name: RowId, crowd: Crowd, full: number): Experiment {
  return {
    name,
    async run(bench) {
      const many = size(bench, full, 100);
      const few = await startCrowdedGateway(bench.upstream, crowd, FEW);
      try {
        const crowded = await startCrowdedGateway(bench.upstream, crowd, many);
        try {
          await compareDecisions(bench, name, crowd, [few.target, crowded.target]);
        } finally {
          await crowded.stop();
        }
      } finally {
        await few.stop();
      }
    },
  };
}

async function compareDecisions(
  bench: Bench,
  row: RowId,
  crowd: Crowd,
  targets: readonly Target[],
): Promise<void> {
  const [few = [], many = []] = await measure(
    bench,
    { label: `decision, ${crowd}`, operation: 'get', connections: CONNECTIONS, status: 405 },
    targets,
  );
  const decisionUs = (round: Round) => round.cpuUs['control-plane'] ?? Number.NaN;
  bench.journal.findings.push({
    row,
    values: compare(many, few, (ours, theirs) => decisionUs(ours) / decisionUs(theirs)),
  });
}
