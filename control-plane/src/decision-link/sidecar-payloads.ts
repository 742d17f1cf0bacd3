/** What sidecars send to the storage thread, checked where it enters: a bad message must not end the thread. */
import type { PluginMessages } from '@sluice/contract/frames';
import type { UpstreamStatus } from '@sluice/contract/upstream-status';
import { z } from 'zod';

const text = z.string();
const count = z.int();

const callRecord = z.object({
  source: text,
  sequence: count,
  time: count,
  requestId: text,
  principal: text,
  key: text.optional(),
  clientIp: text,
  endpoint: text,
  transport: z.enum(['streamable-http', 'sse', 'rest']).optional(),
  method: text,
  server: text.optional(),
  name: text.optional(),
  visibleName: text.optional(),
  write: z.boolean(),
  outcome: z.enum(['ok', 'upstream_error', 'upstream_failed', 'cancelled', 'denied', 'gap', 'end']),
  reason: text.optional(),
  httpStatus: count,
  durationMs: z.number(),
  upstreamMs: z.number().optional(),
  requestBytes: count,
  responseBytes: count,
  count,
});

/** Upstreams add fields of their own, and those are kept. */
const named = z.looseObject({ name: text });

const serverLists = z.looseObject({
  tools: z.array(named),
  prompts: z.array(named),
  resources: z.array(z.looseObject({ uri: text })),
  templates: z.array(z.looseObject({ uriTemplate: text })),
  capabilities: z.record(text, z.unknown()),
  instructions: text.optional(),
});

const upstreamStatus = z.looseObject({
  server: text,
  revision: count,
  health: z.enum(['unknown', 'starting', 'ready', 'degraded', 'down', 'disabled']),
  upstreams: count,
  pids: z.array(count),
});

const calls = z.object({ batch: count, records: z.array(callRecord) });
const lists = z.object({ server: text, revision: count, profile: text, lists: serverLists });
const status = z.object({ servers: z.array(upstreamStatus) });
const anyBatch = z.object({ batch: count });

/** Throws on what is no `calls` payload. */
export function readCalls(payload: unknown): PluginMessages['calls'] {
  return calls.parse(payload) as PluginMessages['calls'];
}

/** The number of a `calls` payload, whatever its records are; undefined if it has none. */
export function readBatch(payload: unknown): number | undefined {
  return anyBatch.safeParse(payload).data?.batch;
}

/** Throws on what is no `lists` payload. */
export function readLists(payload: unknown): PluginMessages['lists'] {
  return lists.parse(payload) as PluginMessages['lists'];
}

/** Throws on what is no `status` payload. */
export function readStatus(payload: unknown): readonly UpstreamStatus[] {
  return status.parse(payload).servers as readonly UpstreamStatus[];
}
