/** What a running gateway holds at this moment: processes, sockets, and what its metrics say. */
import { readdirSync, readlinkSync } from 'node:fs';
import { type RunningProcess, runningProcesses } from '../supervisor/running-processes.ts';
import { type Gateway, processesOf } from './start-gateway.ts';

export interface GatewayUsage {
  /** Its own and those of stdio servers, without the supervisor. */
  readonly processes: readonly RunningProcess[];
  /** Open sockets of its own processes. */
  readonly sockets: number;
  /** Value of a sample, such as `sluice_plugin_calls_in_flight`; 0 when there is none. */
  metric(sample: string): number;
}

export async function usageOf(gateway: Gateway): Promise<GatewayUsage> {
  const processes = runningProcesses().filter(processesOf(gateway.dataDir));
  const reply = await fetch(`${gateway.adminUrl}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const samples = new Map(
    (await reply.text()).split('\n').map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
  return {
    processes,
    sockets: processes.reduce((sum, { pid }) => sum + socketsOf(pid), 0),
    metric: (sample) => samples.get(sample) ?? 0,
  };
}

/** 0 when the process is gone. */
function socketsOf(pid: number): number {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).filter((fd) => isSocket(`${folder}/${fd}`)).length;
  } catch {
    return 0;
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false; // Closed in between.
  }
}
