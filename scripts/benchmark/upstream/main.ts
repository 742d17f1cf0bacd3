/** The benchmark's upstream: any number of fast MCP servers (legacy Streamable HTTP, JSON replies) on one port. */
import http from 'node:http';
import { streamReply } from './stream-reply.ts';
import { REPLY_TEXT, toolListText } from './tools.ts';

interface Message {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly arguments?: { readonly streamBytes?: number };
  };
}

const CALL_OUTCOME = `"result":${JSON.stringify({ content: [{ type: 'text', text: REPLY_TEXT }] })}`;

let sessions = 0;

const server = http.createServer((request, response) => {
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request.url ?? '', Buffer.concat(chunks), response));
    return;
  }
  response.writeHead(request.method === 'DELETE' ? 200 : 405, { 'content-length': 0 }).end();
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
process.on('disconnect', () => process.exit(0));

/** Paths are `/<server>/<number of tools>/mcp`: the URL alone says what a server offers. */
function answer(url: string, body: Buffer, response: http.ServerResponse): void {
  const message = JSON.parse(body.toString()) as Message;
  if (message.id === undefined) {
    response.writeHead(202, { 'content-length': 0 }).end();
    return;
  }
  const id = JSON.stringify(message.id);
  const streamBytes = message.params?.arguments?.streamBytes;
  if (streamBytes) {
    streamReply(response, id, streamBytes);
    return;
  }
  const headers = message.method === 'initialize' ? { 'mcp-session-id': nextSessionId() } : {};
  const text = `{"jsonrpc":"2.0","id":${id},${outcomeText(url, message)}}`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** `"result":…` or `"error":…` as JSON; what does not change is not made anew. */
function outcomeText(url: string, message: Message): string {
  switch (message.method) {
    case 'initialize':
      return `"result":${JSON.stringify(initializeResult(message))}`;
    case 'tools/list':
      return `"result":${toolListText(Number(url.split('/')[2]))}`;
    case 'tools/call':
      return CALL_OUTCOME;
    case 'ping':
      return '"result":{}';
    default:
      return '"error":{"code":-32601,"message":"Method not found"}';
  }
}

function initializeResult(message: Message): unknown {
  return {
    protocolVersion: message.params?.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'bench-upstream', version: '1' },
  };
}

function nextSessionId(): string {
  return `bench-${++sessions}`;
}
