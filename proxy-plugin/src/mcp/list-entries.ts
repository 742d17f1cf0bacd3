/** `tools/list`, `prompts/list`, `resources/list`, `resources/templates/list`: what the principal may use. */
import { type ListMethod, visibleView } from '../catalog/visible-view.ts';
import { errorResponse, resultPieces } from '../message/response-text.ts';
import type { DataPath, Turn } from './turn.ts';

/** Answers with the whole list; there are no further pages, so a cursor is always foreign. */
export async function listEntries(
  path: DataPath,
  turn: Turn,
  id: Buffer,
  method: ListMethod,
): Promise<void> {
  const { exchange, message, namespace, caller, rules } = turn;
  if (message.fields.has('cursor')) {
    const text = 'Unknown cursor: list again from the start.';
    exchange.respond(errorResponse(id, -32602, text));
    return;
  }
  const view = await path.catalogs.settled(namespace, caller);
  const visible = visibleView(view, exchange.claims.ruleSet, rules);
  exchange.respond(resultPieces(id, visible.list(method)));
}
