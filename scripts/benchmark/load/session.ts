/** Opens a legacy MCP session over a connection, as every client must before its first call. */
import type { Connection } from './connection.ts';
import type { Lane } from './load.ts';
import { initializedRequest, initializeRequest } from './mcp-request.ts';

/** Returns the session id. Throws with status and start of the body when the target refuses. */
export async function openSession(connection: Connection, lane: Lane): Promise<string> {
  const opened = await connection.send(initializeRequest(lane));
  if (opened.status !== 200 || !opened.sessionId) {
    throw new Error(
      `initialize on ${lane.path}: status ${opened.status} ${opened.body.toString('utf8', 0, 300)}`,
    );
  }
  const confirmed = await connection.send(initializedRequest(lane, opened.sessionId));
  if (confirmed.status !== 202) {
    throw new Error(
      `initialized on ${lane.path}: status ${confirmed.status} ${confirmed.body.toString('utf8', 0, 300)}`,
    );
  }
  return opened.sessionId;
}
