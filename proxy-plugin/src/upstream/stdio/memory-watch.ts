/** Looks every few seconds whether a child, with everything it started, uses more memory than its server may. */
import type { ProcessTree } from './process-tree.ts';
import { exactBytes, treeMembers } from './tree-memory.ts';

export interface MemoryWatch {
  /** `exceeded` is called once, with the bytes in use. Gives the function that stops watching. */
  watch(tree: ProcessTree, limitBytes: number, exceeded: (bytes: number) => void): () => void;
}

interface Watched {
  readonly tree: ProcessTree;
  readonly limitBytes: number;
  readonly exceeded: (bytes: number) => void;
}

/** Reading all of /proc costs a few milliseconds of CPU time on a busy machine. */
const PERIOD_MS = 5_000;

export function createMemoryWatch(periodMs = PERIOD_MS): MemoryWatch {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const all = [...watched];
    const members = await treeMembers(all.map(({ tree }) => tree));
    for (const child of all) {
      const processes = members.get(child.tree) ?? [];
      const most = processes.reduce((sum, { bytes }) => sum + bytes, 0);
      const bytes = most > child.limitBytes ? await exactBytes(processes) : most;
      if (bytes > child.limitBytes && watched.delete(child)) child.exceeded(bytes);
    }
  }

  /** The next look begins a period after the end of this one; without anything to watch there is none. */
  function again(): void {
    timer = undefined;
    if (watched.size === 0) return;
    timer = setTimeout(
      () =>
        void look()
          .catch(() => {})
          .then(again),
      periodMs,
    ).unref();
  }

  return {
    watch(tree, limitBytes, exceeded) {
      const child = { tree, limitBytes, exceeded };
      watched.add(child);
      if (!timer) again();
      return () => void watched.delete(child);
    },
  };
}
