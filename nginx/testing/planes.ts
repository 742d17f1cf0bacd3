/** Stand-ins for the two planes: they record what NGINX sends and answer as a test says, hostile or dead included. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { join } from 'node:path';

export interface Received {
  readonly method: string;
  /** As sent: path and query. */
  readonly url: string;
  /** By lower-case name; several lines of one name are several values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;
export type PlaneName = 'decision' | 'plugin' | 'api';

export interface Planes extends AsyncDisposable {
  /** What each received since the last `reset`. */
  readonly received: Readonly<Record<PlaneName, Received[]>>;
  /** Number of connections that NGINX opened since the start. */
  connections(name: PlaneName): number;
  /** Until the next `reset`. */
  handle(name: PlaneName, handler: Handler): void;
  /** Answers each connection with these bytes and closes it, until the next `start`. */
  answerBytes(name: PlaneName, bytes: string): Promise<void>;
  stop(name: PlaneName): Promise<void>;
  start(name: PlaneName): Promise<void>;
  /** Back to: decisions allow, the others echo what they received. */
  reset(): Promise<void>;
}

const NAMES = ['decision', 'plugin', 'api'] as const;
/** NGINX closes idle connections after 60 s; we must not be first. */
const KEEP_ALIVE_MS = 90_000;

/** Listens on the sockets in `runDir`. */
export async function startPlanes(runDir: string): Promise<Planes> {
  const received: Record<PlaneName, Received[]> = { decision: [], plugin: [], api: [] };
  const handlers = new Map<PlaneName, Handler>();
  const connections = new Map<PlaneName, number>();
  const servers = new Map<PlaneName, Server | SocketServer>();

  async function listen(name: PlaneName, server: Server | SocketServer): Promise<void> {
    await stop(name);
    const path = join(runDir, `${name}.sock`);
    await rm(path, { force: true });
    server.on('connection', () => connections.set(name, (connections.get(name) ?? 0) + 1));
    server.listen(path);
    await once(server, 'listening');
    servers.set(name, server);
  }
  async function start(name: PlaneName): Promise<void> {
    const options = { keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: 128 * 1024 };
    const server = createServer(options, async (request, response) => {
      const body = await readBody(request);
      received[name].push(describe(request, body));
      (handlers.get(name) ?? DEFAULTS[name])(request, response, body);
    });
    await listen(name, server);
  }
  async function stop(name: PlaneName): Promise<void> {
    const server = servers.get(name);
    if (!server) return;
    servers.delete(name);
    const closed = new Promise((resolve) => server.close(resolve));
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
  }

  const planes: Planes = {
    received,
    connections: (name) => connections.get(name) ?? 0,
    handle: (name, handler) => void handlers.set(name, handler),
    answerBytes: (name, bytes) =>
      listen(
        name,
        createSocketServer((socket) => {
          socket.on('error', () => {});
          socket.once('data', () => socket.end(bytes));
        }),
      ),
    stop,
    start,
    async reset() {
      for (const name of NAMES) {
        received[name].length = 0;
        handlers.delete(name);
        if (!(servers.get(name) instanceof Server)) await start(name);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const name of NAMES) await stop(name);
    },
  };
  await planes.reset();
  return planes;
}

const DEFAULTS: Readonly<Record<PlaneName, Handler>> = {
  decision: (_, response) => response.writeHead(204, allowHeaders('stand-in')).end(),
  plugin: echo,
  api: echo,
};

/** Headers of a decision that lets the request pass. */
export function allowHeaders(decision: string): Record<string, string> {
  return { 'X-Sluice-Decision': decision, 'X-Sluice-Principal': 'alice' };
}

function echo(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(describe(request, body)));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function describe({ method = '', url = '', rawHeaders }: IncomingMessage, body: string): Received {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    headers[name] = [...(headers[name] ?? []), rawHeaders[index + 1] ?? ''];
  }
  return { method, url, headers, body };
}
