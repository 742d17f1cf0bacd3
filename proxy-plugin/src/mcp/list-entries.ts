/** `tools/list`, `prompts/list`, `resources/list`, `resources/templates/list`: what the principal may use. */
import { type ListMethod, type VisibleView, visibleView } from '../catalog/visible-view.ts';
import { stringField } from '../message/client-message.ts';
import { errorResponse, pagePieces, resultPieces } from '../message/response-text.ts';
import type { DataPath, Turn } from './turn.ts';

/** Answers with one page, which nearly always is the whole list (MCP 2025-11-25, "Pagination"). */
export async function listEntries(
  path: DataPath,
  turn: Turn,
  id: Buffer,
  method: ListMethod,
): Promise<void> {
  const { exchange, namespace, caller, rules } = turn;
  const view = await path.catalogs.settled(namespace, caller);
  const visible = visibleView(view, exchange.claims.ruleSet, rules);
  const pages = visible.pages(method);
  const number = wantedPage(path, turn, method, visible);
  const page = pages[number];
  if (!page) {
    const text = 'Unknown cursor, or the list has changed meanwhile: list again from the start.';
    exchange.respond(errorResponse(id, -32602, text));
  } else if (number + 1 < pages.length) {
    const next = { page: number + 1, generation: generationOf(visible, method) };
    const cursor = path.listCursors.write(caller.session, method, next);
    exchange.respond(pagePieces(id, page, cursor));
  } else exchange.respond(resultPieces(id, page));
}

/** -1 when the cursor is foreign, or of a list that is another one by now. We never give out an empty one. */
function wantedPage(
  { listCursors }: DataPath,
  { message, caller }: Turn,
  method: ListMethod,
  visible: VisibleView,
): number {
  if (!message.fields.has('cursor')) return 0;
  const place = listCursors.read(caller.session, method, stringField(message, 'cursor') ?? '');
  return place?.generation === generationOf(visible, method) ? place.page : -1;
}

/** Another one when the list is. It is only asked for where a list has several pages. */
function generationOf({ fingerprints }: VisibleView, method: ListMethod): string {
  if (method === 'tools/list') return fingerprints.tools;
  return method === 'prompts/list' ? fingerprints.prompts : fingerprints.resources;
}
