/** Profiles one process of the gateway while a measurement runs and prints which functions the time goes to. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProfiledProcess } from '../options.ts';
import type { Target } from '../targets/target.ts';
import { billTime, type CpuProfile } from './bill-time.ts';
import { openInspector } from './inspector.ts';

const SAMPLING_INTERVAL_US = 500;
const MOST_LINES = 40;

export interface RunningProfile {
  stop(label: string): Promise<void>;
}

/** Undefined when no profile is wanted, or none of `targets` has the process. */
export async function startProfile(
  wanted: ProfiledProcess | undefined,
  targets: readonly Target[],
): Promise<RunningProfile | undefined> {
  const found = targets
    .flatMap((target) => target.processes())
    .find((entry) => entry.name === wanted);
  if (!found) return undefined;
  const inspector = await openInspector(found.pid);
  await inspector.command('Profiler.enable');
  await inspector.command('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await inspector.command('Profiler.start');
  return {
    async stop(label) {
      const { profile } = (await inspector.command('Profiler.stop')) as { profile: CpuProfile };
      inspector.close();
      await print(`${found.name}, ${label}`, profile);
    },
  };
}

async function print(title: string, profile: CpuProfile): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-bench-profile-'));
  const file = path.join(folder, 'bench.cpuprofile');
  await writeFile(file, JSON.stringify(profile));
  const lines = billTime(profile, MOST_LINES).map(
    ({ place, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${place}`,
  );
  console.log(`\nProfile of ${title} (whole: ${file})\n${lines.join('\n')}`);
}
