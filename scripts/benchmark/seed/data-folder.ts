/** A stopped gateway's data folder, set up as the budget says; starts and crowds begin with a copy. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startScenario } from '../targets/scenario.ts';
import type { Upstream } from '../upstream/start-upstream.ts';

export interface DataFolder {
  readonly path: string;
  /** Works on the endpoint `principal`, which has the three servers of the budget. */
  readonly key: string;
  copy(): Promise<DataFolder>;
  remove(): Promise<void>;
}

export async function provisionDataFolder(upstream: Upstream): Promise<DataFolder> {
  const folder = await newFolder();
  const scenario = await startScenario(upstream, folder);
  try {
    await scenario.threeServers('principal');
  } finally {
    await scenario.stop();
  }
  return dataFolder(folder, scenario.key);
}

function dataFolder(folder: string, key: string): DataFolder {
  return {
    path: folder,
    key,
    async copy() {
      const target = await newFolder();
      await cp(folder, target, { recursive: true, preserveTimestamps: true });
      return dataFolder(target, key);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function newFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'sluice-bench-data-'));
}
