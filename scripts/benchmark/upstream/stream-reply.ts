/** A large reply in slow chunks: shows whether a gateway passes bytes on as they come. */
import type http from 'node:http';

const CHUNKS = 64;
const CHUNK_INTERVAL_MS = 5;

/** Streams a JSON result of about `bytes` bytes for `id` (as JSON) and tells the parent process when the last one was sent. */
export function streamReply(response: http.ServerResponse, id: string, bytes: number): void {
  const chunk = 'x'.repeat(Math.ceil(bytes / CHUNKS));
  let sent = 0;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`);
  const timer = setInterval(() => {
    if (sent < CHUNKS) {
      sent++;
      response.write(chunk);
      return;
    }
    clearInterval(timer);
    process.send?.({ lastByteAt: Date.now() });
    response.end('"}]}}');
  }, CHUNK_INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}
