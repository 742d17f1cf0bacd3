/** An MCP server over HTTP that remembers all it was sent, and answers badly when a test says so. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedCall {
  readonly headers: IncomingHttpHeaders;
  /** The JSON-RPC message as text. */
  readonly body: string;
}

export interface RecordingServer extends AsyncDisposable {
  readonly url: string;
  /** Everything that came, or only messages of one method. */
  received(method?: string): readonly RecordedCall[];
  forget(): void;
  /** Answers every `tools/call` from now on; undefined = with its arguments as text. */
  onCall: ((response: ServerResponse, message: Message) => void) | undefined;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown };
}

const TOOLS = ['echo', 'danger'].map((name) => ({ name, inputSchema: { type: 'object' } }));

export async function startRecordingServer(): Promise<RecordingServer> {
  let calls: RecordedCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    calls.push({ headers: request.headers, body });
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(body) as Message;
    if (message.id === undefined) return void response.writeHead(202).end();
    if (message.method === 'tools/call' && recording.onCall) {
      return recording.onCall(response, message);
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'upstream' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const recording: RecordingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    received: (method) =>
      calls.filter(({ body }) => !method || body.includes(`"method":"${method}"`)),
    forget() {
      calls = [];
    },
    onCall: undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return recording;
}

function resultOf({ method, params }: Message): unknown {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'recording', version: '1' },
      };
    case 'tools/list':
      return { tools: TOOLS };
    case 'tools/call':
      return { content: [{ type: 'text', text: JSON.stringify(params?.arguments ?? null) }] };
    default:
      return {};
  }
}
