/** `tools/list`, `prompts/list`, `resources/list`, `resources/templates/list`: what the principal may use. */
import { type ListMethod, visibleList } from '../catalog/visible-lists.ts';
import { sendJson } from '../http/exchange.ts';
import { errorResponse, resultResponse } from '../message/response-text.ts';
import { catalogOf, type DataPath, type Turn } from './turn.ts';

/** Answers with the whole list; there are no further pages, so a cursor is always foreign. */
export async function listEntries(
  path: DataPath,
  turn: Turn,
  id: Buffer,
  method: ListMethod,
): Promise<void> {
  const { exchange, message, rules } = turn;
  if (message.fields.has('cursor')) {
    sendJson(
      exchange,
      200,
      errorResponse(id, -32602, 'Unknown cursor: list again from the start.'),
    );
    return;
  }
  const catalog = await catalogOf(path, turn);
  const list = visibleList(catalog, exchange.claims.ruleSet, rules, method);
  sendJson(exchange, 200, resultResponse(id, list));
}
