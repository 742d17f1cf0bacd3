/** GET /metamcp/<endpoint>/api/openapi.json: what this principal may call over REST. */
import type { ListedTool } from '@sluice/contract/lists';
import { type VisibleView, visibleView } from '../../catalog/visible-view.ts';
import type { Place } from '../../mcp/place-of.ts';
import type { DataPath } from '../../mcp/turn.ts';
import { describeTools } from '../../openapi/describe-tools.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { sendJson } from '../send.ts';
import { restCaller } from './rest-caller.ts';

/** Last part of its path. A tool of that name can only be called over MCP. */
export const DOCUMENT = 'openapi.json';

/** The last one of each view: most endpoints have a namespace of their own. */
const documents = new WeakMap<VisibleView, { readonly of: string; readonly bytes: Buffer }>();

export async function sendDocument(
  path: DataPath,
  exchange: HttpExchange,
  { endpoint, namespace, rules }: Place,
): Promise<void> {
  const { ruleSet, authenticated } = exchange.claims;
  const view = await path.catalogs.settled(namespace, restCaller(exchange));
  const visible = visibleView(view, ruleSet, rules);
  const facts = {
    name: endpoint.name,
    url: `${path.publicUrl}/metamcp/${endpoint.path}/api`,
    version: path.version,
    isOpen: !authenticated,
  };
  const of = JSON.stringify(facts);
  const known = documents.get(visible);
  const bytes = known?.of === of ? known.bytes : writeDocument(visible, facts);
  documents.set(visible, { of, bytes });
  sendJson(exchange, 200, bytes);
}

function writeDocument(visible: VisibleView, facts: Parameters<typeof describeTools>[1]): Buffer {
  const listed = visible.pages('tools/list').flatMap(toolsOf);
  const tools = listed.filter(({ name }) => name !== DOCUMENT);
  return Buffer.from(JSON.stringify(describeTools(tools, facts)));
}

function toolsOf(page: Buffer): readonly ListedTool[] {
  return (JSON.parse(page.toString()) as { readonly tools: readonly ListedTool[] }).tools;
}
