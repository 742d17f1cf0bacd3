/** POST /metamcp/<endpoint>/api/<tool>: one tool call without a session, made like one of MCP. */
import type { Place } from '../../mcp/place-of.ts';
import { runCall } from '../../mcp/run-call.ts';
import type { DataPath } from '../../mcp/turn.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { callMessage } from './call-message.ts';
import { readArguments } from './read-arguments.ts';
import { restCaller } from './rest-caller.ts';
import { createRestExchange } from './rest-exchange.ts';

/** Rejects when the client goes away before its body is complete. */
export async function callTool(
  path: DataPath,
  http: HttpExchange,
  place: Place,
  tool: string,
): Promise<void> {
  const args = await readArguments(http);
  if (!args) return;
  const id = JSON.stringify(http.requestId);
  const caller = restCaller(http);
  const message = callMessage(id, tool, args);
  http.message = message;
  const leave = () => {
    path.inFlight.cancel(caller.session, id, 'the client has gone');
    if (caller.isPassing) path.upstreams.endSession(caller.session);
  };
  http.response.once('close', leave);
  const exchange = createRestExchange(http, path.heldReplies);
  await runCall(path, { exchange, ...place, message, caller }, Buffer.from(id), 'tools/call');
  // It may have gone before there was a call to cancel.
  if (http.response.destroyed) leave();
}
