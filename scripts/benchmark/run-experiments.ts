/** Starts the neighbours, runs the experiments one after the other, stops everything. */
import type { Bench, Experiment } from './bench.ts';
import { startGenerator } from './load/start-generator.ts';
import type { Options } from './options.ts';
import { createJournal, type Journal } from './report/journal.ts';
import { startPlainNginx } from './targets/plain-nginx.ts';
import { type Scenario, startScenario } from './targets/scenario.ts';
import { startUpstream } from './upstream/start-upstream.ts';

/** An experiment that fails is written down in the journal; the others still run. */
export async function runExperiments(
  options: Options,
  experiments: readonly Experiment[],
): Promise<Journal> {
  const upstream = await startUpstream();
  const generator = startGenerator();
  const plainNginx = await startPlainNginx(upstream.port);
  let scenario: Promise<Scenario> | undefined;
  const bench: Bench = {
    options,
    journal: createJournal(),
    generator,
    upstream,
    plainNginx,
    scenario() {
      scenario ??= startScenario(upstream);
      return scenario;
    },
  };
  try {
    for (const experiment of experiments) await runExperiment(bench, experiment);
  } finally {
    await (await scenario)?.stop();
    await plainNginx.stop();
    generator.stop();
    upstream.stop();
  }
  return bench.journal;
}

async function runExperiment(bench: Bench, { name, run }: Experiment): Promise<void> {
  process.stderr.write(`${name} …\n`);
  try {
    await run(bench);
  } catch (error) {
    bench.journal.failures.push(`${name}: ${error instanceof Error ? error.stack : error}`);
  }
}
