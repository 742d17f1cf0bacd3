/** Memory of one idle SSE stream: what NGINX and the sidecar grow by, divided by the number of streams. */
import { type Bench, type Experiment, size } from '../bench.ts';
import { type IdleStreams, openIdleStreams } from '../load/idle-streams.ts';
import type { LoadTarget } from '../load/load.ts';
import { openSessions } from '../load/once.ts';
import { settledMemory } from '../processes/settled-memory.ts';
import { total } from '../processes/usage.ts';
import { gatewayLane, gatewayLoad } from '../targets/gateway-load.ts';
import { issueKey } from '../targets/provision.ts';
import { type Scenario, startScenario } from '../targets/scenario.ts';
import type { Target } from '../targets/target.ts';

/** Below what one principal may have open. */
const STREAMS_PER_KEY = 50;

/** On a gateway of its own: memory that earlier load left free would hide the streams. */
export const idleStreams: Experiment = {
  name: 'idle-streams',
  async run(bench) {
    const scenario = await startScenario(bench.upstream);
    try {
      const target = await scenario.threeServers('principal');
      const clients = await openClients(scenario, size(bench, 20, 1));
      await measureStreams(bench, target, clients);
    } finally {
      await scenario.stop();
    }
  },
};

interface Client {
  readonly load: LoadTarget;
  readonly sessions: readonly string[];
}

/** Sessions are opened beforehand: the row is about streams. */
async function openClients({ gateway }: Scenario, keys: number): Promise<readonly Client[]> {
  const clients: Client[] = [];
  while (clients.length < keys) {
    const key = await issueKey(gateway, `streams-${clients.length}`);
    const load = gatewayLoad(gateway.url, [gatewayLane(gateway.url, 'principal', key)]);
    clients.push({ load, sessions: await openSessions(load, STREAMS_PER_KEY) });
  }
  return clients;
}

async function measureStreams(
  bench: Bench,
  target: Target,
  clients: readonly Client[],
): Promise<void> {
  const before = await settledMemory(target.processes());
  const streams: IdleStreams[] = [];
  try {
    for (const { load, sessions } of clients) streams.push(await openIdleStreams(load, sessions));
    const after = await settledMemory(target.processes());
    const count = clients.length * STREAMS_PER_KEY;
    const grown =
      total(after, ['nginx', 'proxy-plugin']) - total(before, ['nginx', 'proxy-plugin']);
    bench.journal.memory.push({ label: `${count} idle streams`, bytes: after });
    bench.journal.findings.push({ row: 'idle-stream', values: [grown / count / 1000] });
  } finally {
    for (const open of streams) open.close();
  }
}
