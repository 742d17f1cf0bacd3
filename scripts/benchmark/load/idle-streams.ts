/** SSE streams that a client opens with GET and leaves idle. */
import http from 'node:http';
import type { LoadTarget } from './load.ts';
import { postHeaders } from './mcp-request.ts';
import { firstLane } from './once.ts';

export interface IdleStreams {
  close(): void;
}

/** One stream per session. Rejects with status and content type when one is not answered as a stream. */
export async function openIdleStreams(
  target: LoadTarget,
  sessionIds: readonly string[],
): Promise<IdleStreams> {
  const agent = new http.Agent({ keepAlive: false });
  const streams = await Promise.all(sessionIds.map((id) => openStream(target, id, agent)));
  return {
    close() {
      for (const stream of streams) stream.destroy();
      agent.destroy();
    },
  };
}

function openStream(
  target: LoadTarget,
  sessionId: string,
  agent: http.Agent,
): Promise<http.IncomingMessage> {
  const lane = firstLane(target);
  return new Promise((resolve, reject) => {
    const request = http.get({
      ...target.address,
      path: lane.path,
      agent,
      headers: { ...postHeaders(lane, sessionId), accept: 'text/event-stream' },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const type = response.headers['content-type'] ?? 'none';
      if (response.statusCode === 200 && type.startsWith('text/event-stream')) {
        response.on('error', () => response.destroy()).resume();
        resolve(response);
        return;
      }
      response.destroy();
      reject(new Error(`GET ${lane.path}: status ${response.statusCode}, content type ${type}`));
    });
  });
}
