/** Opens the stdio transport of a server: policy, references, environment, child. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { type ResolveReference, resolveReferences } from '../resolve-references.ts';
import { createScrub } from '../scrub.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import { childEnvironment, type Environment } from './child-environment.ts';
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
}

export type OpenStdio = (server: ServerRuntime, events: TransportEvents) => Promise<Transport>;

export function createOpenStdio(deps: OpenStdioDeps): OpenStdio {
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
    return new StdioTransport({
      serverName: server.name,
      child,
      tree: { pid: child.pid, mark },
      scrub: createScrub(Object.values(env)),
      events,
      now: deps.now,
    });
  };
}
