/** Reads all lists of an upstream, page by page, keeping every field as it came. */
import type {
  ListedPrompt,
  ListedResource,
  ListedTemplate,
  ListedTool,
  ServerLists,
} from '@sluice/contract/lists';
import { collectReply, isObject, ReplyError } from './collect-reply.ts';
import type { Hello } from './handshake.ts';
import type { LiveUpstream } from './live-upstream.ts';
import { notRun } from './upstream-error.ts';

/** More than any honest server has; a list that goes on beyond is cut there. */
const MAX_PAGES = 100;
const MAX_ITEMS = 10_000;
/** 16 MiB per page. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
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

/** Rejects with `UpstreamError` or `ReplyError`. A list that the server does not implement is empty. */
export async function fetchLists(deps: FetchListsDeps): Promise<ServerLists> {
  const { capabilities, instructions } = deps.hello;
  const deadline = deps.now() + deps.timeoutMs;
  const list = (capability: string, method: string, member: string, key: string) =>
    capabilities[capability] === undefined
      ? Promise.resolve([])
      : fetchAll(deps, deadline, { method, member, key });
  const [tools, prompts, resources, templates] = await Promise.all([
    list('tools', 'tools/list', 'tools', 'name'),
    list('prompts', 'prompts/list', 'prompts', 'name'),
    list('resources', 'resources/list', 'resources', 'uri'),
    list('resources', 'resources/templates/list', 'resourceTemplates', 'uriTemplate'),
  ]);
  return {
    tools: tools as unknown as ListedTool[],
    prompts: prompts as unknown as ListedPrompt[],
    resources: resources as unknown as ListedResource[],
    templates: templates as unknown as ListedTemplate[],
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

interface ListKind {
  readonly method: string;
  /** Member of the result that holds the items. */
  readonly member: string;
  /** Member that every item must have, as a string; an item without it can't be called and is left out. */
  readonly key: string;
}

async function fetchAll(
  deps: FetchListsDeps,
  deadline: number,
  kind: ListKind,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && items.length < MAX_ITEMS; page += 1) {
    const result = await fetchPage(deps, deadline, kind.method, cursor);
    if (!result) break;
    const found = Array.isArray(result[kind.member]) ? (result[kind.member] as unknown[]) : [];
    items.push(...found.filter(isObject).filter((item) => typeof item[kind.key] === 'string'));
    // An empty string is a valid cursor (MCP 2025-11-25, "Pagination").
    cursor = typeof result.nextCursor === 'string' ? result.nextCursor : undefined;
    if (cursor === undefined || cursors.has(cursor)) break;
    cursors.add(cursor);
  }
  return items.slice(0, MAX_ITEMS);
}

/** Undefined when the server does not know the method. */
async function fetchPage(
  deps: FetchListsDeps,
  deadline: number,
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
  };
  try {
    return await collectReply((handler) => void deps.live.call(call, handler), MAX_PAGE_BYTES);
  } catch (error) {
    if (error instanceof ReplyError && error.code === METHOD_NOT_FOUND) return undefined;
    throw error;
  }
}
