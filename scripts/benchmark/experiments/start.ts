/** From `./scripts/start` to the first answered call, and what all processes hold when nobody calls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../testing/free-port.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { type Bench, type Experiment, size } from '../bench.ts';
import { createClient } from '../load/client.ts';
import type { LoadTarget } from '../load/load.ts';
import { processTree } from '../processes/process-tree.ts';
import { type PerProcess, residentBytes, total } from '../processes/usage.ts';
import { gatewayLane, gatewayLoad } from '../targets/gateway-load.ts';
import { startScenario, THREE_SERVERS } from '../targets/scenario.ts';

const START = path.resolve(import.meta.dirname, '../../start');
const START_WITHIN_MS = 30_000;

interface Start {
  readonly seconds: number;
  readonly idle: PerProcess;
}

export const start: Experiment = {
  name: 'start',
  async run(bench) {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-start-'));
    try {
      const key = await provisionAndStop(bench, dataDir);
      const starts: Start[] = [];
      while (starts.length < bench.options.rounds) {
        starts.push(await measureStart(dataDir, key, size(bench, 3000, 100)));
      }
      record(bench, starts);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

async function provisionAndStop(bench: Bench, dataDir: string): Promise<string> {
  const scenario = await startScenario(bench.upstream, dataDir);
  try {
    await scenario.threeServers('principal');
    return scenario.key;
  } finally {
    await scenario.stop();
  }
}

async function measureStart(dataDir: string, key: string, idleMs: number): Promise<Start> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const target = gatewayLoad(url, [gatewayLane(url, 'principal', key, THREE_SERVERS)]);
  const startedAt = performance.now();
  const supervisor = spawn(START, {
    env: { ...process.env, SLUICE_DATA_DIR: dataDir, SLUICE_LISTEN: `127.0.0.1:${port}` },
    stdio: 'ignore',
  });
  const exited = once(supervisor, 'exit');
  try {
    await waitFor(() => answersCall(target), 'the first answered call', START_WITHIN_MS);
    const seconds = (performance.now() - startedAt) / 1000;
    await sleep(idleMs);
    return { seconds, idle: residentBytes(processTree(supervisor.pid ?? 0)) };
  } finally {
    supervisor.kill('SIGTERM');
    await exited;
  }
}

async function answersCall(target: LoadTarget): Promise<boolean> {
  const client = await createClient({ target, operation: 'call', connections: 1 }, 0);
  const failure = await client.step();
  client.close();
  return failure === undefined;
}

function record({ journal }: Bench, starts: readonly Start[]): void {
  for (const { idle } of starts) journal.memory.push({ label: 'idle after start', bytes: idle });
  journal.findings.push(
    { row: 'cold-start', values: starts.map(({ seconds }) => seconds) },
    { row: 'idle-memory', values: starts.map(({ idle }) => total(idle) / 1e6) },
  );
}
