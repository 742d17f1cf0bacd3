/** Single sessions and requests, for experiments that need no load. */
import { createConnection } from './connection.ts';
import type { LoadTarget } from './load.ts';
import { listTemplate } from './mcp-request.ts';
import { openSession } from './session.ts';

/** Opens `count` sessions on the first lane, a few at a time, and returns their ids. */
export async function openSessions(target: LoadTarget, count: number): Promise<readonly string[]> {
  const lane = firstLane(target);
  const ids: string[] = [];
  let opened = 0;

  async function worker(): Promise<void> {
    const connection = createConnection(target.address);
    while (opened++ < count) ids.push(await openSession(connection, lane));
    connection.close();
  }

  await Promise.all(Array.from({ length: 8 }, worker));
  return ids;
}

/** The body of one `tools/list`. */
export async function listOnce(target: LoadTarget): Promise<string> {
  const lane = firstLane(target);
  const connection = createConnection(target.address);
  const sessionId = await openSession(connection, lane);
  const reply = await connection.send(listTemplate(lane, sessionId).render(0).text);
  connection.close();
  if (reply.status !== 200) throw new Error(`tools/list: status ${reply.status}`);
  return reply.body.toString();
}

export function firstLane({ lanes }: LoadTarget) {
  const lane = lanes[0];
  if (!lane) throw new Error('unreachable: a target without lanes');
  return lane;
}
