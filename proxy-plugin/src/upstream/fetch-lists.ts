/** Reads all lists of an upstream, page by page, keeping every field as it came. */
import type {
  ListedPrompt,
  ListedResource,
  ListedTemplate,
  ListedTool,
  ServerLists,
} from '@sluice/contract/lists';
import { type ByteBudget, collectReply, isObject, ReplyError } from './collect-reply.ts';
import type { Hello } from './handshake.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { notRun, type UpstreamError } from './upstream-error.ts';

/** More than any honest server has; a list that goes on beyond is cut there, with a warning. */
const MAX_PAGES = 100;
const MAX_ITEMS = 10_000;
/** 16 MiB for all lists of a server: they go over the channel as one frame. */
const MAX_MEBIBYTES = 16;
const METHOD_NOT_FOUND = -32601;

export interface FetchListsDeps {
  readonly serverName: string;
  readonly live: LiveUpstream;
  readonly hello: Hello;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for all pages together. */
  readonly timeoutMs: number;
  now(): number;
}

export interface FetchedLists {
  readonly lists: ServerLists;
  /** Which lists are not whole, and why. */
  readonly warnings: readonly string[];
}

/** Rejects with `UpstreamError` or `ReplyError`. A list that the server does not implement is empty. */
export async function fetchLists(deps: FetchListsDeps): Promise<FetchedLists> {
  const { capabilities, instructions } = deps.hello;
  const bounds = {
    deadline: deps.now() + deps.timeoutMs,
    budget: { left: MAX_MEBIBYTES * 1024 * 1024 },
  };
  const warnings: string[] = [];
  const list = async (capability: string, method: string, member: string, key: string) => {
    if (capabilities[capability] === undefined) return [];
    const { items, warning } = await fetchAll(deps, bounds, { method, member, key });
    if (warning !== undefined) warnings.push(warning);
    return items;
  };
  const [tools, prompts, resources, templates] = await Promise.all([
    list('tools', 'tools/list', 'tools', 'name'),
    list('prompts', 'prompts/list', 'prompts', 'name'),
    list('resources', 'resources/list', 'resources', 'uri'),
    list('resources', 'resources/templates/list', 'resourceTemplates', 'uriTemplate'),
  ]);
  const lists = {
    tools: tools as unknown as ListedTool[],
    prompts: prompts as unknown as ListedPrompt[],
    resources: resources as unknown as ListedResource[],
    templates: templates as unknown as ListedTemplate[],
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
  };
  return { lists, warnings: warnings.sort() };
}

/** For all pages of all lists together. */
interface Bounds {
  /** Unix milliseconds. */
  readonly deadline: number;
  readonly budget: ByteBudget;
}

interface ListKind {
  readonly method: string;
  /** Member of the result that holds the items. */
  readonly member: string;
  /** Member that every item must have, as a string; an item without it can't be called and is left out. */
  readonly key: string;
}

interface FetchedList {
  readonly items: Record<string, unknown>[];
  /** Why there may be more. */
  readonly warning?: string;
}

async function fetchAll(
  deps: FetchListsDeps,
  bounds: Bounds,
  kind: ListKind,
): Promise<FetchedList> {
  const items: Record<string, unknown>[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && items.length <= MAX_ITEMS; page += 1) {
    const result = await fetchPage(deps, bounds, kind.method, cursor);
    if (!result) return { items };
    for (const item of itemsOf(result, kind)) items.push(item);
    // An empty string is a valid cursor (MCP 2025-11-25, "Pagination").
    cursor = typeof result.nextCursor === 'string' ? result.nextCursor : undefined;
    if (cursor === undefined && items.length <= MAX_ITEMS) return { items };
    if (cursor !== undefined && cursors.has(cursor)) return { items, warning: inCircles(kind) };
    if (cursor !== undefined) cursors.add(cursor);
  }
  return { items: items.slice(0, MAX_ITEMS), warning: tooMany(kind) };
}

function itemsOf(
  result: Readonly<Record<string, unknown>>,
  { member, key }: ListKind,
): Record<string, unknown>[] {
  const found: unknown = result[member];
  if (!Array.isArray(found)) return [];
  return found.filter(isObject).filter((item) => typeof item[key] === 'string');
}

/** Undefined when the server does not know the method. */
async function fetchPage(
  deps: FetchListsDeps,
  { deadline, budget }: Bounds,
  method: string,
  cursor: string | undefined,
): Promise<Record<string, unknown> | undefined> {
  const timeoutMs = deadline - deps.now();
  if (timeoutMs <= 0) {
    const message = `Server "${deps.serverName}" did not finish its lists within ${deps.timeoutMs} ms.`;
    throw notRun('timeout', message);
  }
  const call = {
    method,
    params: Buffer.from(JSON.stringify(cursor === undefined ? {} : { cursor })),
    clientId: Buffer.from('0'),
    headers: deps.headers,
    timeoutMs,
    totalMs: timeoutMs,
  };
  try {
    return await collectReply((handler) => void deps.live.call(call, handler), budget);
  } catch (error) {
    if (budget.left < 0) throw tooLong(deps.serverName);
    if (error instanceof ReplyError && error.code === METHOD_NOT_FOUND) return undefined;
    throw error;
  }
}

function tooLong(serverName: string): UpstreamError {
  const message = `Server "${serverName}" has lists of more than ${MAX_MEBIBYTES} MiB in all, which is too much. Configure it to offer less.`;
  return notRun('too_large', message);
}

function tooMany({ method }: ListKind): string {
  return `${method}: the server lists more than ${MAX_ITEMS} entries or ${MAX_PAGES} pages; the rest is left out. Configure it to offer less.`;
}

function inCircles({ method }: ListKind): string {
  return `${method}: the server gave the same cursor twice, so the rest of the list is left out. This is a fault of the server.`;
}
