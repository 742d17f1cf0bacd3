/** A client of HTTP+SSE on the endpoint `pub`, on the raw wire. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { waitFor } from '../../scripts/testing/wait-for.ts';
import { type Reply, send } from './send.ts';

export interface SseClient {
  /** Where its messages go: path and query. */
  readonly path: string;
  post(message: object): Promise<Reply>;
  /** POSTs a request and resolves with the event that came next. */
  request(message: object): Promise<string>;
  /** Resolves once `text` has come. */
  received(text: string): Promise<void>;
  /** Resolves when the stream has ended, however it did. */
  readonly ended: Promise<void>;
  close(): void;
}

/** `more` headers go with every request. */
export async function openSseClient(
  port: number,
  key: string,
  more: Readonly<Record<string, string>> = {},
): Promise<SseClient> {
  const headers = { ...more, authorization: `Bearer ${key}` };
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/metamcp/pub/sse',
    agent: false,
    headers,
  });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  response.on('error', () => {});
  const received = async (expected: string) =>
    void (await waitFor(() => text.includes(expected), `"${expected}" on the stream`));
  const path = await waitFor(() => /^data: (\S+)$/m.exec(text)?.[1], 'the URL for messages');
  const post = (message: object) => {
    const all = { ...headers, 'content-type': 'application/json' };
    return send(port, { path, headers: all, body: JSON.stringify(message) });
  };
  return {
    path,
    post,
    async request(message) {
      const before = text.length;
      assert.equal((await post(message)).status, 202);
      await waitFor(() => text.slice(before).includes('\n\n'), 'a reply on the stream');
      return text.slice(before);
    },
    received,
    ended,
    close: () => sent.destroy(),
  };
}
