/** From `./scripts/start` to the first answered call, and what all processes hold when nobody calls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../testing/free-port.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { type Bench, type Experiment, size } from '../bench.ts';
import { createClient } from '../load/client.ts';
import type { LoadTarget } from '../load/load.ts';
import { processTree } from '../processes/process-tree.ts';
import { type PerProcess, residentBytes, total } from '../processes/usage.ts';
import { type DataFolder, provisionDataFolder } from '../seed/data-folder.ts';
import { gatewayLane, gatewayLoad } from '../targets/gateway-load.ts';
import { THREE_SERVERS } from '../targets/scenario.ts';

const START = path.resolve(import.meta.dirname, '../../start');
const START_WITHIN_MS = 30_000;

interface Start {
  readonly seconds: number;
  readonly idle: PerProcess;
}

export const start: Experiment = {
  name: 'start',
  async run(bench) {
    const folder = await provisionDataFolder(bench.upstream);
    try {
      const starts: Start[] = [];
      while (starts.length < bench.options.rounds) {
        starts.push(await measureStart(folder, size(bench, 3000, 100)));
      }
      record(bench, starts);
    } finally {
      await folder.remove();
    }
  },
};

async function measureStart(folder: DataFolder, idleMs: number): Promise<Start> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const target = gatewayLoad(url, [gatewayLane(url, 'principal', folder.key, THREE_SERVERS)]);
  const startedAt = performance.now();
  const supervisor = spawn(START, {
    env: { ...process.env, SLUICE_DATA_DIR: folder.path, SLUICE_LISTEN: `127.0.0.1:${port}` },
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
