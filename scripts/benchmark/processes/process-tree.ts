/** A process and all its descendants, by the names that the tables use. */
import { readdirSync, readFileSync } from 'node:fs';

export type ProcessName = 'nginx' | 'control-plane' | 'proxy-plugin' | 'supervisor' | 'upstream';

export interface ProcessEntry {
  readonly name: ProcessName;
  readonly pid: number;
}

const COMMANDS: readonly (readonly [string, ProcessName])[] = [
  ['nginx:', 'nginx'],
  ['control-plane/src/main', 'control-plane'],
  ['proxy-plugin/src/main', 'proxy-plugin'],
  ['benchmark/upstream/main', 'upstream'],
];

/** Reads /proc as it is now; processes that end meanwhile are left out. */
export function processTree(rootPid: number): readonly ProcessEntry[] {
  const children = childrenByParent();
  const found: ProcessEntry[] = [];
  const pending = [rootPid];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    const command = readProc(pid, 'cmdline');
    if (command === undefined) continue;
    const name = COMMANDS.find(([part]) => command.includes(part))?.[1] ?? 'supervisor';
    found.push({ name, pid });
    pending.push(...(children.get(pid) ?? []));
  }
  return found;
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readProc(Number(entry), 'stat') : undefined;
    if (stat === undefined) continue;
    const parent = Number(statFields(stat)[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  return children;
}

/** Fields of /proc/<pid>/stat after the command name, which may hold blanks: state, ppid, … */
export function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
