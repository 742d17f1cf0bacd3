/** `./scripts/bench`: measures the gateway against its budget and prints what it found. */
import { writeFile } from 'node:fs/promises';
import { EXPERIMENTS } from './experiments/experiments.ts';
import { machineLine, readMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { BUDGET } from './report/budget.ts';
import type { Journal } from './report/journal.ts';
import { errorLines, renderReport } from './report/render-report.ts';
import { runExperiments } from './run-experiments.ts';

const NAMES = EXPERIMENTS.map(({ name }) => name);

/** Verdicts never fail a run; experiments that did not work, or met errors, do. */
async function bench(options: Options): Promise<number> {
  const machine = await readMachine();
  const { only } = options;
  const chosen = EXPERIMENTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const journal = await runExperiments(options, chosen);
  console.log(`\n${renderReport(journal, machineLine(machine))}`);
  if (options.jsonFile) {
    await writeFile(options.jsonFile, toJson(options, machine, journal));
  }
  return journal.failures.length + errorLines(journal.throughput).length === 0 ? 0 : 1;
}

function toJson(options: Options, machine: unknown, journal: Journal): string {
  const { short, rounds, runMs } = options;
  const budget = journal.findings.map((finding) => ({ ...finding, ...BUDGET[finding.row] }));
  return `${JSON.stringify({ machine, short, rounds, runMs, ...journal, findings: budget }, null, 2)}\n`;
}

try {
  const options = readOptions(process.argv.slice(2), NAMES);
  if (options) process.exitCode = await bench(options);
  else console.log(usage(NAMES));
} catch (error) {
  console.error(`sluice bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
