/** Puts the same load on several targets in turn, round by round, so that drift of the machine hits all alike. */
import type { Bench } from './bench.ts';
import type { Latency, Operation } from './load/load.ts';
import type { Load } from './load/start-generator.ts';
import type { Options } from './options.ts';
import { cpuTimeUs, type PerProcess, usagePer } from './processes/usage.ts';
import { startProfile } from './profile/profile.ts';
import { median } from './report/statistics.ts';
import type { Target } from './targets/target.ts';

export interface Round {
  readonly perSecond: number;
  readonly latency: Latency;
  /** Microseconds per request. */
  readonly cpuUs: PerProcess;
  readonly errors: Readonly<Record<string, number>>;
  readonly firstError: string | undefined;
}

export interface Measurement {
  /** Heads the lines in the tables. */
  readonly label: string;
  readonly operation: Operation;
  readonly connections: number;
  /** Of a right answer to `get`; default 200. */
  readonly status?: number;
}

/** The rounds of each target, in the order of `targets`; also written to the journal. */
export async function measure(
  bench: Bench,
  { label, ...load }: Measurement,
  targets: readonly Target[],
): Promise<readonly (readonly Round[])[]> {
  const { rounds, runMs } = bench.options;
  const loads: Load[] = [];
  for (const target of targets) {
    const prepared = await bench.generator.prepare({ ...load, target: target.load });
    loads.push(prepared);
    await warmUp(prepared, bench.options);
  }
  const measured: Round[][] = targets.map(() => []);
  const profile = await startProfile(bench.options.profile, targets);
  for (let round = 0; round < rounds; round++) {
    for (const [index, prepared] of loads.entries()) {
      const target = targets[index];
      if (target) measured[index]?.push(await runRound(prepared, target, runMs));
    }
  }
  await profile?.stop(label);
  for (const prepared of loads) await prepared.close();
  for (const [index, { name }] of targets.entries()) {
    record(bench, `${label}: ${name}`, measured[index] ?? []);
  }
  return measured;
}

/** V8 compiles what is called often again and again, for some ten thousand calls. */
async function warmUp(load: Load, { warmUpMs, mostWarmUps }: Options): Promise<void> {
  let best = 0;
  for (let left = mostWarmUps; left > 0; left -= 1) {
    const { completed, elapsedMs } = await load.run(warmUpMs);
    const rate = completed / elapsedMs;
    if (rate < best * 1.03) return;
    best = rate;
  }
}

async function runRound(load: Load, target: Target, runMs: number): Promise<Round> {
  const processes = target.processes();
  const before = cpuTimeUs(processes);
  const { completed, elapsedMs, latency, errors, firstError } = await load.run(runMs);
  return {
    perSecond: (completed / elapsedMs) * 1000,
    latency,
    cpuUs: usagePer(completed, before, cpuTimeUs(processes)),
    errors,
    firstError,
  };
}

function record(bench: Bench, label: string, rounds: readonly Round[]): void {
  const errors: Record<string, number> = {};
  for (const round of rounds) {
    for (const [kind, count] of Object.entries(round.errors)) {
      errors[kind] = (errors[kind] ?? 0) + count;
    }
  }
  bench.journal.throughput.push({
    label,
    perSecond: rounds.map((round) => round.perSecond),
    p50Us: rounds.map((round) => round.latency.p50Us),
    p99Us: rounds.map((round) => round.latency.p99Us),
    cpuUs: medianCpu(rounds),
    errors,
    firstError: rounds.find((round) => round.firstError !== undefined)?.firstError,
  });
}

function medianCpu(rounds: readonly Round[]): PerProcess {
  const names = Object.keys(rounds[0]?.cpuUs ?? {}) as (keyof PerProcess)[];
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round.cpuUs[name] ?? 0))]),
  );
}

/** One value per round out of the rounds of two targets. */
export function compare(
  rounds: readonly Round[],
  reference: readonly Round[],
  value: (round: Round, reference: Round) => number,
): readonly number[] {
  return rounds.map((round, index) => {
    const other = reference[index];
    if (!other) throw new Error('unreachable: rounds of different number');
    return value(round, other);
  });
}
