/** The real gateway for end-to-end tests: what `./scripts/start` runs, on a free port and a temporary folder. */
import { readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { belongsTo, instanceId } from '../supervisor/instance.ts';
import { runFolderPath } from '../supervisor/run-folder.ts';
import { killProcesses } from '../supervisor/running-processes.ts';
import type { Role } from '../supervisor/supervised-process.ts';
import { type ApiReply, callApi } from './call-api.ts';
import { freePort } from './free-port.ts';
import { type SupervisorProcess, startSupervisor } from './supervisor-process.ts';
import { waitFor } from './wait-for.ts';

export interface GatewayOptions {
  /** More settings; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: `SLUICE_DATA_DIR` of `env`, else a temporary folder that goes with the gateway. */
  readonly dataDir?: string;
}

export interface Gateway extends AsyncDisposable {
  /** Origin of the clients' listener. */
  readonly url: string;
  /** Origin of API, docs and metrics. */
  readonly adminUrl: string;
  readonly dataDir: string;
  readonly adminKey: string;
  /** Process id of the supervisor. */
  readonly pid: number;
  /** Calls the control-plane API with the admin key. Throws when the reply is not what the OpenAPI document says. */
  api(method: string, apiPath: string, body?: unknown): Promise<ApiReply>;
  /** Process ids at this moment; a role is absent while its process is down. */
  processes(): Readonly<Partial<Record<Role, number>>>;
  /** All that was printed so far. */
  output(): string;
  /** Ends it as Ctrl-C does. Throws when it does not end cleanly or leaves a process behind. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 30_000;

/** Starts a gateway and waits until it is ready. Throws with its output when it does not get there. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const given = options.dataDir ?? options.env?.SLUICE_DATA_DIR;
  const dataDir = given ?? (await mkdtemp(path.join(tmpdir(), 'sluice-test-')));
  const listen = `127.0.0.1:${await freePort()}`;
  const env = { SLUICE_LISTEN: listen, ...options.env, SLUICE_DATA_DIR: dataDir };
  const supervisor = startSupervisor(env);
  const stop = async () => {
    await stopSupervisor(supervisor, dataDir);
    if (given === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  await untilReady(supervisor, stop);
  const adminUrl = `http://${options.env?.SLUICE_ADMIN_LISTEN ?? env.SLUICE_LISTEN}`;
  const adminKey = readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
  return {
    url: `http://${env.SLUICE_LISTEN}`,
    adminUrl,
    dataDir,
    adminKey,
    pid: supervisor.pid,
    api: (method, apiPath, body) => callApi({ adminUrl, adminKey }, { method, apiPath, body }),
    processes: supervisor.processes,
    output: supervisor.output,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function untilReady(supervisor: SupervisorProcess, stop: () => Promise<void>): Promise<void> {
  try {
    const isSettled = () => supervisor.isReady() || supervisor.ending() !== undefined;
    await waitFor(isSettled, 'the gateway to be ready', READY_WITHIN_MS);
    if (!supervisor.isReady()) throw new Error('the gateway ended at its start');
  } catch (error) {
    await stop().catch(() => {});
    throw new Error(`${String(error)}; it said:\n${supervisor.output()}`, { cause: error });
  }
}

/** After a supervisor that a test has killed this only tidies up. */
async function stopSupervisor(supervisor: SupervisorProcess, dataDir: string): Promise<void> {
  const wasKilled = supervisor.ending() !== undefined;
  supervisor.kill('SIGTERM');
  const killTimer = setTimeout(() => supervisor.kill('SIGKILL'), STOP_WITHIN_MS);
  await supervisor.ended;
  clearTimeout(killTimer);
  const left = await killProcesses(processesOf(dataDir));
  if (wasKilled) return;
  if (supervisor.ending() !== 0 || left.size > 0) {
    throw new Error(
      `the gateway ended with ${supervisor.ending()} and left ${left.size} processes; it said:\n${supervisor.output()}`,
    );
  }
}

/** Matches every process of the gateway on `dataDir` but its supervisor. */
export function processesOf(dataDir: string): ReturnType<typeof belongsTo> {
  const folder = realpathSync(dataDir);
  const id = instanceId(folder);
  return belongsTo({ id, runDir: runFolderPath(folder, id) });
}
