/** One call whose reply is large, read as it comes. */
import { once } from 'node:events';
import http from 'node:http';
import type { LoadTarget } from './load.ts';
import { postHeaders } from './mcp-request.ts';
import { firstLane } from './once.ts';

export interface LargeReply {
  /** Unix milliseconds. */
  readonly sentAt: number;
  readonly firstByteAt: number;
  readonly bytes: number;
}

/** Throws when the reply is not 200 or has fewer bytes than asked for. */
export async function callForLargeReply(
  target: LoadTarget,
  sessionId: string,
  streamBytes: number,
): Promise<LargeReply> {
  const lane = firstLane(target);
  const request = http.request({
    ...target.address,
    path: lane.path,
    method: 'POST',
    headers: postHeaders(lane, sessionId),
  });
  const sentAt = Date.now();
  request.end(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: lane.tools[0], arguments: { text: 'large', streamBytes } },
    }),
  );
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let firstByteAt = 0;
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    firstByteAt ||= Date.now();
    bytes += chunk.length;
  }
  if (response.statusCode !== 200 || bytes < streamBytes) {
    throw new Error(
      `a large reply: status ${response.statusCode}, ${bytes} of ${streamBytes} bytes`,
    );
  }
  return { sentAt, firstByteAt, bytes };
}
