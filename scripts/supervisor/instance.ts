/** What makes one data folder's processes recognisable, so that none of them outlives its gateway. */
import { createHash } from 'node:crypto';
import { hasMark, killProcesses, type RunningProcess, worksIn } from './running-processes.ts';

export interface Instance {
  /** 12 hex digits of the data folder's path. Children find it in `SLUICE_INSTANCE_ID`. */
  readonly id: string;
  /** Folder of the unix sockets, absolute. NGINX works in it. */
  readonly runDir: string;
  /** Folder of the sources. */
  readonly sources: string;
}

/** `dataDir` must be a real path: the id of a folder never depends on how it was spelled. */
export function instanceId(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
}

/** A stdio server or anything it started: `SLUICE_UPSTREAM_ID` is `<instance id>.<anything>`. */
export function isUpstreamOf(instance: Pick<Instance, 'id'>): (running: RunningProcess) => boolean {
  return (running) => hasMark(running, [`SLUICE_UPSTREAM_ID=${instance.id}.`]);
}

/**
 * Any process of the instance. NGINX writes its title over its environment, so the folder it works
 * in tells whose it is; that holds for workers whose master was killed as well.
 */
export function belongsTo(
  instance: Pick<Instance, 'id' | 'runDir'>,
): (running: RunningProcess) => boolean {
  const marks = [`SLUICE_UPSTREAM_ID=${instance.id}.`, `SLUICE_INSTANCE_ID=${instance.id}\0`];
  return (running) =>
    (running.name === 'nginx' && worksIn(running, instance.runDir)) || hasMark(running, marks);
}

/** Ends whatever an earlier run of this instance left behind. Resolves with the number of processes. */
export async function killLeftovers(instance: Pick<Instance, 'id' | 'runDir'>): Promise<number> {
  return (await killProcesses(belongsTo(instance))).size;
}
