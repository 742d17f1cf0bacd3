/** What every experiment works with: the neighbours, shared by all, and the journal. */
import type { Generator } from './load/start-generator.ts';
import type { Options } from './options.ts';
import type { Journal } from './report/journal.ts';
import type { PlainNginx } from './targets/plain-nginx.ts';
import type { Scenario } from './targets/scenario.ts';
import type { Upstream } from './upstream/start-upstream.ts';

export interface Bench {
  readonly options: Options;
  readonly journal: Journal;
  readonly generator: Generator;
  readonly upstream: Upstream;
  readonly plainNginx: PlainNginx;
  /** The gateway set up as the budget says; started when first asked for. */
  scenario(): Promise<Scenario>;
}

export interface Experiment {
  /** For `--only`. */
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** A size for the full run, or the small one that only shows that the experiment works. */
export function size(bench: Bench, full: number, short: number): number {
  return bench.options.short ? short : full;
}
