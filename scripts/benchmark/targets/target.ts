/** Something that load is put on: an address, what is asked of it, the processes that do the work. */
import type { LoadTarget } from '../load/load.ts';
import type { ProcessEntry } from '../processes/process-tree.ts';

export interface Target {
  /** As the tables call it. */
  readonly name: string;
  readonly load: LoadTarget;
  /** Without the upstream, whose cost is the same for all targets. */
  processes(): readonly ProcessEntry[];
}
