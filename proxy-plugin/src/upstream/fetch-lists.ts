/** Reads all lists of an upstream, page by page, keeping every field as it came. */
import type {
  ListedPrompt,
  ListedResource,
  ListedTemplate,
  ListedTool,
  ServerLists,
} from '@sluice/contract/lists';
import { askUpstream } from './ask-upstream.ts';
import { type ByteBudget, isObject, ReplyError } from './collect-reply.ts';
import type { Hello } from './handshake.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { notRun, UpstreamError } from './upstream-error.ts';

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
  /** The last good lists: each stands in for one that fails. */
  readonly former: ServerLists | undefined;
  now(): number;
}

export interface FetchedLists {
  readonly lists: ServerLists;
  /** Which lists are not whole, and why. */
  readonly warnings: readonly string[];
  /** Why one of them is the former one. */
  readonly error?: unknown;
}

/**
 * A list that the server does not implement is empty; one that it fails to give is the former one.
 * Rejects with `UpstreamError` or `ReplyError` when it gives none.
 */
export async function fetchLists(deps: FetchListsDeps): Promise<FetchedLists> {
  const { capabilities, instructions } = deps.hello;
  const bounds = {
    deadline: deps.now() + deps.timeoutMs,
    budget: { left: MAX_MEBIBYTES * 1024 * 1024 },
  };
  const offered = KINDS.filter(({ capability }) => capabilities[capability] !== undefined);
  const fetched = await Promise.allSettled(offered.map((kind) => fetchAll(deps, bounds, kind)));
  const errors = fetched.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const [error] = errors;
  const isWhole = errors.length === 0;
  const isFatal = errors.length === offered.length || !errors.every(isOfOneList);
  if (!isWhole && isFatal) throw errors.find((one) => !isOfOneList(one)) ?? error;
  const found: Record<ListName, readonly unknown[]> = { ...NOTHING };
  const warnings: string[] = [];
  for (const [index, { name }] of offered.entries()) {
    const one = fetched[index];
    if (one?.status !== 'fulfilled') found[name] = deps.former?.[name] ?? [];
    else {
      found[name] = one.value.items;
      if (one.value.warning !== undefined) warnings.push(one.value.warning);
    }
  }
  const lists = {
    tools: found.tools as ListedTool[],
    prompts: found.prompts as ListedPrompt[],
    resources: found.resources as ListedResource[],
    templates: found.templates as ListedTemplate[],
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
  };
  return { lists, warnings: warnings.sort(), ...(!isWhole && { error }) };
}

/** Whether the other lists may be right all the same. */
function isOfOneList(error: unknown): boolean {
  if (error instanceof ReplyError) return true;
  const reason = error instanceof UpstreamError ? error.failure.reason : undefined;
  return reason === 'timeout' || reason === 'garbage';
}

type ListName = 'tools' | 'prompts' | 'resources' | 'templates';

interface ListKind {
  readonly name: ListName;
  /** What the server must have declared. */
  readonly capability: string;
  readonly method: string;
  /** Member of the result that holds the items. */
  readonly member: string;
  /** Member that every item must have, as a string; an item without it can't be called and is left out. */
  readonly key: string;
}

const NOTHING = { tools: [], prompts: [], resources: [], templates: [] };
const KINDS: readonly ListKind[] = [
  {
    name: 'tools',
    capability: 'tools',
    method: 'tools/list',
    member: 'tools',
    key: 'name',
  },
  {
    name: 'prompts',
    capability: 'prompts',
    method: 'prompts/list',
    member: 'prompts',
    key: 'name',
  },
  {
    name: 'resources',
    capability: 'resources',
    method: 'resources/list',
    member: 'resources',
    key: 'uri',
  },
  {
    name: 'templates',
    capability: 'resources',
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    key: 'uriTemplate',
  },
];

/** For all pages of all lists together. */
interface Bounds {
  /** Unix milliseconds. */
  readonly deadline: number;
  readonly budget: ByteBudget;
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
  const params = cursor === undefined ? {} : { cursor };
  try {
    const request = { method, params, headers: deps.headers, timeoutMs };
    return await askUpstream(deps.live, request, budget);
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
