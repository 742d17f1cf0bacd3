/** The command line of `./scripts/bench`. */
import { parseArgs } from 'node:util';
import type { ProcessName } from './processes/process-tree.ts';

export interface Options {
  /** Runs each experiment briefly, with small sizes: shows that it works, not how fast. */
  readonly short: boolean;
  /** Names of experiments; empty = all. */
  readonly only: readonly string[];
  readonly jsonFile: string | undefined;
  readonly rounds: number;
  readonly runMs: number;
  /** Length of one run before it counts; there are as many as it takes to be as fast as it gets. */
  readonly warmUpMs: number;
  readonly mostWarmUps: number;
  readonly profile: ProfiledProcess | undefined;
}

export type ProfiledProcess = Extract<ProcessName, 'control-plane' | 'proxy-plugin'>;

export function usage(experiments: readonly string[]): string {
  return `Usage: ./scripts/bench [options]

  --short               run each experiment for a moment: does it work?
  --only <name>         only this experiment (may be given several times)
  --rounds <n>          interleaved rounds, default 3
  --seconds <n>         length of one run, default 5
  --json <file>         write everything measured to <file>
  --profile <process>   control-plane or proxy-plugin: which functions the time goes to

Experiments: ${experiments.join(' ')}`;
}

/** Undefined when help is asked for. Throws with a sentence on anything it does not know. */
export function readOptions(
  argv: readonly string[],
  experiments: readonly string[],
): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const unknown = values.only.find((name) => !experiments.includes(name));
  if (unknown) throw new Error(`--only ${unknown}: experiments are ${experiments.join(', ')}`);
  const { short } = values;
  return {
    short,
    only: values.only,
    jsonFile: values.json,
    rounds: positive('--rounds', values.rounds, short ? 1 : 3),
    runMs: positive('--seconds', values.seconds, short ? 0.2 : 5) * 1000,
    warmUpMs: short ? 50 : 3000,
    mostWarmUps: short ? 1 : 8,
    profile: profiled(values.profile),
  };
}

function positive(option: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new Error(`${option} ${text}: must be a number above 0`);
  return value;
}

function profiled(text: string | undefined): ProfiledProcess | undefined {
  if (text === undefined || text === 'control-plane' || text === 'proxy-plugin') return text;
  throw new Error(`--profile ${text}: must be control-plane or proxy-plugin`);
}
