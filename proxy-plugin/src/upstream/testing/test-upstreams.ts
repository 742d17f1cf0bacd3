/** Upstreams for a test, with everything they publish on record, and their end checked. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { UpstreamHealth, UpstreamStatus } from '@sluice/contract/upstream-status';
import { createUpstreams, type UpstreamsDeps } from '../create-upstreams.ts';
import { findMarked } from '../stdio/process-tree.ts';
import { createStdioPolicy } from '../stdio/stdio-policy.ts';
import type { Caller, ReplySummary, ServerNews, UpstreamFailure, Upstreams } from '../upstream.ts';

export interface TestUpstreams {
  readonly upstreams: Upstreams;
  /** The latest status of each server. */
  readonly statuses: Map<string, UpstreamStatus>;
  readonly published: { server: string; revision: number; profile: string; lists: ServerLists }[];
  /** What was said outside of calls. */
  readonly news: ServerNews[];
  readonly counts: Map<string, number>;
  readonly warnings: string[];
  /** Ends everything and asserts that no process is left. */
  [Symbol.asyncDispose](): Promise<void>;
}

export function startUpstreams(changes: Partial<UpstreamsDeps> = {}): TestUpstreams {
  const instanceId = randomUUID();
  const statuses = new Map<string, UpstreamStatus>();
  const published: TestUpstreams['published'] = [];
  const news: ServerNews[] = [];
  const counts = new Map<string, number>();
  const warnings: string[] = [];
  const upstreams = createUpstreams({
    instanceId,
    version: '0.0.0-test',
    stdioPolicy: createStdioPolicy('any', '/nonexistent'),
    resolveReference: () => undefined,
    environment: process.env,
    onLists: (server, profile, lists) =>
      published.push({ server: server.name, revision: server.revision, profile, lists }),
    onNews: (one) => news.push(one) > 0,
    onStatus: (changed) => {
      for (const status of changed) statuses.set(status.server, status);
    },
    count: (counter) => counts.set(counter, (counts.get(counter) ?? 0) + 1),
    now: () => Date.now(),
    random: () => 0.5,
    warn: (message) => warnings.push(message),
    ...changes,
  });
  return {
    upstreams,
    statuses,
    published,
    news,
    counts,
    warnings,
    async [Symbol.asyncDispose]() {
      await upstreams.close();
      assert.deepEqual(await findMarked(instanceId, 'prefix'), [], 'a process was left behind');
    },
  };
}

export function serverOf(name: string, changes: Partial<ServerRuntime>): ServerRuntime {
  return {
    name,
    revision: 1,
    enabled: true,
    transport: 'stdio',
    args: [],
    env: {},
    headers: {},
    forwardHeaders: [],
    isolation: 'principal',
    trustAnnotations: false,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    totalTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    probeIntervalMs: 30_000,
    maxUpstreams: 20,
    maxUpstreamsPerPrincipal: 5,
    ...changes,
  };
}

export function callerOf(principal: string, changes: Partial<Caller> = {}): Caller {
  return {
    principal,
    authenticated: true,
    session: `session of ${principal}`,
    headers: {},
    profile: '{}',
    ...changes,
  };
}

/** What became of one call. */
export interface CallResult {
  /** The whole reply; '' when none came. */
  readonly reply: string;
  readonly notifications: string[];
  readonly chunks: number[];
  readonly summary: ReplySummary | undefined;
  readonly failure: UpstreamFailure | undefined;
}

export interface TestCall {
  readonly method: string;
  readonly params?: string;
  readonly clientId?: string;
  readonly caller?: Caller;
}

/** Runs a call to its end. `started` may cancel it or pause it. */
export function runTestCall(
  upstreams: Upstreams,
  server: ServerRuntime,
  call: TestCall,
): Promise<CallResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const notifications: string[] = [];
    const done = (summary?: ReplySummary, failure?: UpstreamFailure) =>
      resolve({
        reply: Buffer.concat(chunks).toString(),
        notifications,
        chunks: chunks.map((chunk) => chunk.length),
        summary,
        failure,
      });
    upstreams.call(
      {
        server,
        caller: call.caller ?? callerOf('alice'),
        method: call.method,
        params: call.params === undefined ? undefined : Buffer.from(call.params),
        clientId: Buffer.from(call.clientId ?? '1'),
      },
      {
        notification: (message) => notifications.push(message.toString()),
        chunk(bytes) {
          chunks.push(bytes);
          return true;
        },
        end: (summary) => done(summary),
        fail: (failure) => done(undefined, failure),
      },
    );
  });
}

/** Waits until `condition` gives a value that is neither undefined nor false. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) assert.fail(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The status of the server once it has that health. */
export function becomes(
  { statuses }: TestUpstreams,
  server: string,
  health: UpstreamHealth,
): Promise<UpstreamStatus> {
  return eventually(`${server} being ${health}`, () => {
    const found = statuses.get(server);
    return found?.health === health && found;
  });
}
