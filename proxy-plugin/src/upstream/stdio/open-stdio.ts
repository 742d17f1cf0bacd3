/** Opens the stdio transport of a server: policy, references, environment, child. */
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { type ResolveReference, resolveReferences } from '../resolve-references.ts';
import { createScrub } from '../scrub.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import { childEnvironment, type Environment } from './child-environment.ts';
import { createMemoryWatch, type MemoryWatch } from './memory-watch.ts';
import { spawnChild } from './spawn-child.ts';
import type { StdioPolicy } from './stdio-policy.ts';
import { StdioTransport } from './stdio-transport.ts';

export interface OpenStdioDeps {
  readonly stdioPolicy: StdioPolicy;
  readonly resolveReference: ResolveReference;
  /** Of the sidecar; children get a few of its variables. */
  readonly environment: Environment;
  /** Begins every child's mark, so that the supervisor can end what a killed sidecar leaves behind. */
  readonly instanceId: string;
  now(): number;
  /** For the operator's log. */
  warn(message: string): void;
  /** Default: looks every few seconds. */
  readonly memoryWatch?: MemoryWatch;
}

export type OpenStdio = (server: ServerRuntime, events: TransportEvents) => Promise<Transport>;

export function createOpenStdio(deps: OpenStdioDeps): OpenStdio {
  const memoryWatch = deps.memoryWatch ?? createMemoryWatch();
  let started = 0;
  return async (server, events) => {
    await deps.stdioPolicy.check(server);
    const env = resolveReferences(server.name, 'env', server.env, deps.resolveReference);
    started += 1;
    // With our pid: a sidecar that takes over must not end the children of the one that drains.
    const mark = `${deps.instanceId}.${process.pid}.${started}`;
    const child = await spawnChild(server, childEnvironment(deps.environment, env, mark));
    // A pid of 0 would make us signal our own process group.
    if (!child.pid) throw new Error('unreachable: a process that was spawned has a pid');
    void preferInShortage(child.pid);
    return new StdioTransport({
      serverName: server.name,
      child,
      tree: { pid: child.pid, mark },
      scrub: createScrub(Object.values(env)),
      events,
      now: deps.now,
      memoryLimitBytes: server.memoryLimitBytes,
      memoryWatch,
      warn: deps.warn,
    });
  };
}

/** In thousandths of the machine's memory, which a child seems to use more than it does. */
const HANDICAP = 800;

/** Best effort: when the machine runs out of memory, a child shall end and not the gateway (proc(5), oom_score_adj). */
async function preferInShortage(pid: number): Promise<void> {
  try {
    const own = Number(await readFile('/proc/self/oom_score_adj', 'utf8'));
    await writeFile(`/proc/${pid}/oom_score_adj`, String(Math.min(own + HANDICAP, 1_000)));
  } catch {
    // Without it the kernel chooses as it likes.
  }
}
