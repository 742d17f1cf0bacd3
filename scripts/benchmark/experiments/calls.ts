/** `tools/call` at c=32 in a legacy session, for each isolation: throughput, p99, CPU per call. */
import type { Isolation } from '../../../control-plane/contract/snapshot.ts';
import type { Bench, Experiment } from '../bench.ts';
import { compare, measure, type Round } from '../measure.ts';
import type { ProcessName } from '../processes/process-tree.ts';
import { total } from '../processes/usage.ts';
import type { RowId } from '../report/budget.ts';
import { directTarget, plainNginxTarget } from '../targets/direct-target.ts';
import { THREE_SERVERS } from '../targets/scenario.ts';

export const CONNECTIONS = 32;

const DATA_PATH: readonly ProcessName[] = ['nginx', 'control-plane', 'proxy-plugin'];

/** Microseconds of the gateway's processes per request. */
export const gatewayCpuUs = (round: Round): number => total(round.cpuUs, DATA_PATH);

export const callExperiments: readonly Experiment[] = [
  callExperiment('principal', 'throughput', 'cpu'),
  callExperiment('session', 'throughput-session', 'cpu-session'),
  callExperiment('shared', 'throughput-shared', 'cpu-shared'),
];

function callExperiment(isolation: Isolation, throughput: RowId, cpu: RowId): Experiment {
  return { name: `call-${isolation}`, run: (bench) => runCalls(bench, isolation, throughput, cpu) };
}

async function runCalls(
  bench: Bench,
  isolation: Isolation,
  throughput: RowId,
  cpu: RowId,
): Promise<void> {
  const scenario = await bench.scenario();
  const [direct = [], nginx = [], gateway = []] = await measure(
    bench,
    { label: `tools/call c=32 ${isolation}`, operation: 'call', connections: CONNECTIONS },
    [
      directTarget(bench.upstream, THREE_SERVERS),
      plainNginxTarget(bench.upstream, bench.plainNginx, THREE_SERVERS),
      await scenario.threeServers(isolation),
    ],
  );
  const { findings } = bench.journal;
  findings.push({
    row: throughput,
    values: compare(gateway, direct, (ours, theirs) => ours.perSecond / theirs.perSecond),
  });
  findings.push({ row: cpu, values: gateway.map(gatewayCpuUs) });
  if (isolation === 'principal') {
    findings.push({
      row: 'p99',
      values: compare(gateway, nginx, (ours, theirs) => ours.latency.p99Us / theirs.latency.p99Us),
    });
  }
}
