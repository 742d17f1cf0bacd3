/** An MCP server without an SDK that does with every feature what it is told, over any transport. */
import { createServer, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Where the words of one call go. */
interface Line {
  send(message: unknown): void;
  /** What belongs to no call. */
  broadcast(message: unknown): void;
  /** What its client declared. */
  readonly client: Client;
}

interface Client {
  capabilities: unknown;
}

type Tool = (args: Readonly<Record<string, unknown>>, line: Line, call: Message) => unknown;

/** Every message that came, as it came. */
const received: string[] = [];
const answers = new Map<string, (text: string) => void>();
let asked = 0;
let tools = ['echo', 'ask', 'progress', 'log', 'batch', 'hang', 'seen', 'later', 'grow', 'touch'];

const notify = (method: string, params?: unknown) => ({ jsonrpc: '2.0', method, params });
const textResult = (text: string) => ({ content: [{ type: 'text', text }] });

function ask(line: Line, request: Readonly<Record<string, unknown>>): Promise<string> {
  asked += 1;
  const id = `ask ü ${asked}`;
  line.send({ jsonrpc: '2.0', id, ...request });
  return new Promise((resolve) => answers.set(id, resolve));
}

const TOOLS: Readonly<Record<string, Tool>> = {
  echo: ({ message }) => textResult(String(message)),
  /** Answers with the client's response, byte for byte. */
  async ask({ method, params, withdraw }, line) {
    const answer = ask(line, { method, params });
    if (withdraw) line.send(notify('notifications/cancelled', { requestId: `ask ü ${asked}` }));
    return textResult(withdraw ? 'withdrawn' : await answer);
  },
  progress(_, line, { id, params }) {
    const { progressToken } = (params?._meta ?? {}) as { progressToken?: unknown };
    for (const progress of progressToken === undefined ? [] : [1, 2, 2, 1, 3]) {
      const message = `step ${progress}`;
      line.send(notify('notifications/progress', { progressToken, progress, total: 9, message }));
    }
    line.send({ jsonrpc: '2.0', id, result: textResult(JSON.stringify(progressToken ?? null)) });
    line.send(notify('notifications/progress', { progressToken, progress: 9 }));
    return undefined;
  },
  log(_, line) {
    line.send(notify('notifications/message', { level: 'debug', logger: 'db', data: { n: 1 } }));
    line.send(notify('notifications/message', { level: 'error', data: 'no logger' }));
    return textResult('logged');
  },
  /** Its log message and its result are one JSON-RPC batch. */
  batch(_, line, { id }) {
    const log = notify('notifications/message', { level: 'error', data: 'batched' });
    line.send([log, { jsonrpc: '2.0', id, result: textResult('in a batch') }]);
    return undefined;
  },
  /** Shows that it runs, and answers never. */
  hang(_, line, { params }) {
    const { progressToken } = (params?._meta ?? {}) as { progressToken?: unknown };
    line.send(notify('notifications/progress', { progressToken, progress: 0 }));
    return undefined;
  },
  seen: ({ method }) => textResult(`[${received.filter((text) => parse(text).method === method)}]`),
  /** Says it when the call is over. */
  later({ method, params }, line) {
    setTimeout(() => line.broadcast(notify(String(method), params)), 100);
    return textResult('soon');
  },
  grow({ name }, line) {
    tools = [...tools, String(name)];
    line.broadcast(notify('notifications/tools/list_changed'));
    return textResult('grown');
  },
  touch({ uri }, line) {
    line.broadcast(notify('notifications/resources/updated', { uri }));
    return textResult('touched');
  },
};

const RESOURCES = [
  { name: 'one', uri: 'test://one' },
  ...Array.from({ length: 1_200 }, (_, i) => ({ name: `${i}`, uri: `test://many/${i}` })),
];

type Method = (params: Readonly<Record<string, unknown>>, client: Client) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: {
      tools: { listChanged: true },
      prompts: {},
      resources: { subscribe: true, listChanged: true },
      completions: {},
      logging: {},
    },
    serverInfo: { name: 'feature-server', version: '1' },
  }),
  /** Clients that can be asked for a sample see one tool more. */
  'tools/list': (_, { capabilities }) => ({
    tools: [...tools, ...('sampling' in Object(capabilities) ? ['sample'] : [])].map((name) => ({
      name,
      inputSchema: { type: 'object' },
      'x-unknown': 1,
    })),
  }),
  'prompts/list': () => ({ prompts: [{ name: 'poem', arguments: [{ name: 'kind' }] }] }),
  /** Two pages; an empty string is a valid cursor. */
  'resources/list': ({ cursor }) =>
    cursor === ''
      ? { resources: RESOURCES.slice(700) }
      : { resources: RESOURCES.slice(0, 700), nextCursor: '' },
  'resources/templates/list': () => ({
    resourceTemplates: [{ name: 'any', uriTemplate: 'test://any/{id}' }],
  }),
  'completion/complete': (params) => ({
    completion: { values: [JSON.stringify(params.ref)], total: 1, hasMore: false },
    'x-unknown': 1,
  }),
  'logging/setLevel': () => ({}),
  'resources/subscribe': () => ({}),
  'resources/unsubscribe': () => ({}),
};

function parse(text: string): Message {
  return JSON.parse(text) as Message;
}

async function handle(text: string, line: Line): Promise<void> {
  received.push(text);
  const message = parse(text);
  const { id, method, params = {} } = message;
  if (method === undefined) answers.get(String(id))?.(text);
  if (method === undefined || id === undefined) return;
  if (method === 'initialize') line.client.capabilities = params.capabilities;
  const { name, arguments: args } = params as { name?: string; arguments?: object };
  const result =
    method === 'tools/call'
      ? await TOOLS[String(name)]?.({ ...args }, line, message)
      : METHODS[method]?.(params, line.client);
  if (result !== undefined) line.send({ jsonrpc: '2.0', id, result });
}

function serveStdio(): void {
  const send = (message: unknown) => void process.stdout.write(`${JSON.stringify(message)}\n`);
  const client = { capabilities: {} };
  createInterface({ input: process.stdin })
    .on('line', (text) => void handle(text, { send, broadcast: send, client }))
    .on('close', () => process.exit(0));
}

const event = (message: unknown) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

/** Each request is answered on an event stream of its own; what belongs to none goes to the GET streams. */
function serveHttp(port: number): void {
  const streams = new Set<ServerResponse>();
  const clients: Client[] = [];
  const broadcast = (message: unknown) => {
    for (const stream of streams) stream.write(event(message));
  };
  createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    const chunks: Buffer[] = await request.toArray();
    const text = Buffer.concat(chunks).toString();
    const message = text === '' ? {} : parse(text);
    if (message.method === undefined || message.id === undefined) {
      response.writeHead(202).end();
      const client = { capabilities: {} };
      if (text !== '') await handle(text, { send() {}, broadcast, client });
      return;
    }
    const given = Number(request.headers['mcp-session-id'] ?? Number.NaN);
    const session = Number.isNaN(given) ? clients.push({ capabilities: {} }) - 1 : given;
    const client = clients[session] ?? { capabilities: {} };
    const headers = { 'content-type': 'text/event-stream', 'mcp-session-id': String(session) };
    response.writeHead(200, headers);
    const send = (sent: unknown) => {
      response.write(event(sent));
      const { id, result } = [sent].flat().at(-1) as { id?: unknown; result?: unknown };
      if (result !== undefined && id === message.id) setTimeout(() => response.end(), 50);
    };
    await handle(text, { send, broadcast, client });
  }).listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
}

/** Revision 2024-11-05: all that the server says goes to the session's one stream. */
function serveSse(port: number): void {
  const sessions: ServerResponse[] = [];
  const clients: Client[] = [];
  const say = (stream: ServerResponse | undefined, message: unknown) =>
    void stream?.write(event(message));
  createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const session = sessions.push(response) - 1;
      clients[session] = { capabilities: {} };
      response.write(`event: endpoint\ndata: /message?session=${session}\n\n`);
      return;
    }
    const chunks: Buffer[] = await request.toArray();
    const session = new URL(request.url ?? '', 'http://any').searchParams.get('session');
    const stream = sessions[Number(session)];
    response.writeHead(202).end();
    await handle(Buffer.concat(chunks).toString(), {
      client: clients[Number(session)] ?? { capabilities: {} },
      send: (message) => say(stream, message),
      broadcast: (message) => {
        for (const one of sessions) say(one, message);
      },
    });
  }).listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
}

const [transport, port] = process.argv.slice(2);
if (transport === 'http') serveHttp(Number(port));
else if (transport === 'sse') serveSse(Number(port));
else serveStdio();
