/**
 * Whether a decision costs more among many keys, endpoints or limits. Asked through NGINX with a
 * bare GET, which the decision allows and the sidecar answers with 405 at once.
 */
import { type Bench, type Experiment, size } from '../bench.ts';
import { compare, measure, type Round } from '../measure.ts';
import { type Crowd, startCrowdedGateway } from '../seed/crowded-gateway.ts';
import { type DataFolder, provisionDataFolder } from '../seed/data-folder.ts';

const CONNECTIONS = 8;
const FEW = 10;
const MANY: Readonly<Record<Crowd, number>> = { keys: 100_000, endpoints: 1000, limits: 10_000 };

export const decisions: Experiment = {
  name: 'decisions',
  async run(bench) {
    const folder = await provisionDataFolder(bench.upstream);
    try {
      await compareCrowd(bench, folder, 'keys');
      await compareCrowd(bench, folder, 'endpoints');
      await compareCrowd(bench, folder, 'limits');
    } finally {
      await folder.remove();
    }
  },
};

async function compareCrowd(bench: Bench, folder: DataFolder, crowd: Crowd): Promise<void> {
  const gateways = await Promise.all([
    startCrowdedGateway(folder, crowd, FEW),
    startCrowdedGateway(folder, crowd, size(bench, MANY[crowd], 100)),
  ]);
  const [few = [], many = []] = await measure(
    bench,
    { label: `decision, ${crowd}`, operation: 'get', connections: CONNECTIONS, status: 405 },
    gateways.map(({ target }) => target),
  );
  for (const gateway of gateways) await gateway.stop();
  const decisionUs = (round: Round) => round.cpuUs['control-plane'] ?? Number.NaN;
  bench.journal.findings.push({
    row: `decision-${crowd}`,
    values: compare(many, few, (ours, theirs) => decisionUs(ours) / decisionUs(theirs)),
  });
}
