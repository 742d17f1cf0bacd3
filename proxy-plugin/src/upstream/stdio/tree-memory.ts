/** How much memory children use with everything they started (Linux: /proc). */
import { readdir, readFile } from 'node:fs/promises';
import { MARK_VARIABLE, type ProcessTree } from './process-tree.ts';

/** One process of a tree. */
export interface MemberUse {
  readonly pid: number;
  /** Resident and swapped out. What processes share counts for each of them. */
  readonly bytes: number;
}

/** The processes of each tree: those of its group, and those that left it and carry its mark. */
export async function treeMembers(
  trees: readonly ProcessTree[],
): Promise<ReadonlyMap<ProcessTree, readonly MemberUse[]>> {
  const byGroup = new Map(trees.map((tree) => [tree.pid, tree]));
  const byMark = new Map(trees.map((tree) => [tree.mark, tree]));
  const members = new Map<ProcessTree, MemberUse[]>(trees.map((tree) => [tree, []]));
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const status = await readProc(name, 'status');
      if (kernelNumber(status, 'Uid') !== process.getuid?.()) return;
      const tree = byGroup.get(kernelNumber(status, 'NSpgid')) ?? byMark.get(await markOf(name));
      const bytes = kibibytes(status, 'VmRSS') + kibibytes(status, 'VmSwap');
      if (tree) members.get(tree)?.push({ pid: Number(name), bytes });
    }),
  );
  return members;
}

/** Bytes in use, where what several processes share counts once. Costs the kernel a walk over all pages. */
export async function exactBytes(members: readonly MemberUse[]): Promise<number> {
  const sizes = await Promise.all(
    members.map(async ({ pid, bytes }) => {
      const rollup = await readProc(String(pid), 'smaps_rollup');
      return rollup === '' ? bytes : kibibytes(rollup, 'Pss') + kibibytes(rollup, 'SwapPss');
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** `''` for a process that just ended, or is none of ours. */
async function readProc(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
}

async function markOf(pid: string): Promise<string> {
  const variables = (await readProc(pid, 'environ')).split('\0');
  const name = `${MARK_VARIABLE}=`;
  return variables.find((variable) => variable.startsWith(name))?.slice(name.length) ?? '';
}

/** The first number after `field:`; NaN when there is none. */
function kernelNumber(text: string, field: string): number {
  return Number.parseInt(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? '', 10);
}

/** In bytes; 0 when there is no such field. */
function kibibytes(text: string, field: string): number {
  return (kernelNumber(text, field) || 0) * 1024;
}
