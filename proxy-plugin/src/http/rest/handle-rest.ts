/** `/metamcp/<endpoint>/api/<tool>`: a tool as plain REST, and the document that describes all of them. */
import { TOOL_HEADER } from '@sluice/contract/headers';
import type { Place } from '../../mcp/place-of.ts';
import type { DataPath } from '../../mcp/turn.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { sendRefusal } from '../send.ts';
import { callTool } from './call-tool.ts';
import { DOCUMENT, sendDocument } from './send-document.ts';

/** Rejects when the client goes away before its body is complete. */
export async function handleRest(
  path: DataPath,
  exchange: HttpExchange,
  place: Place,
): Promise<void> {
  const tool = exchange.header(TOOL_HEADER) ?? '';
  if (exchange.request.method === 'POST' && tool !== DOCUMENT) {
    await callTool(path, exchange, place, tool);
    return;
  }
  const isRead = exchange.request.method === 'GET' || exchange.request.method === 'HEAD';
  if (tool !== DOCUMENT) {
    const message = 'POST the arguments of the tool to this URL, as a JSON object.';
    sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'POST' });
  } else if (isRead) await sendDocument(path, exchange, place);
  else {
    const message = 'GET the description of the tools from this URL.';
    sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'GET, HEAD' });
  }
}
