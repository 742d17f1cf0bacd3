/** Clients that leave without a word, at every point and a thousand times: nothing of them stays. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { usageOf } from '../../testing/gateway-usage.ts';
import { type Gateway, startGateway } from '../../testing/start-gateway.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { openSession } from '../mcp-session.ts';
import { issueKey, put } from '../provision.ts';

const SCRIPT = path.join(import.meta.dirname, 'hostile-server.ts');
const SESSIONS = 1_000;
const AT_ONCE = 20;
/** How many of them call a tool, which starts a child each, and how many listen. */
const EVERY = { calling: 50, listening: 10 };
const IDLE_MS = 1_000;
/** Room for what warms up and for idle connections between the processes. */
const SPARE = { sockets: 24, bytes: 60 * 1024 * 1024 };

type Session = Awaited<ReturnType<typeof openSession>>;

describe('clients that leave without a word', () => {
  let gateway: Gateway;
  let url: string;
  let key: string;

  before(async () => {
    gateway = await startGateway();
    await put(gateway, 'servers/worker', {
      transport: 'stdio',
      command: process.execPath,
      args: [SCRIPT],
      isolation: 'session',
      idle_timeout_ms: IDLE_MS,
    });
    await put(gateway, 'namespaces/main', { members: [{ server: 'worker', prefix: '' }] });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
    url = `${gateway.url}/metamcp/default/mcp`;
    key = await issueKey(gateway, 'client');
    await call(await openSession(url, key));
  });
  after(() => gateway?.stop());

  async function call(session: Session): Promise<void> {
    const { body } = await session.callTool('behave');
    assert.match(JSON.stringify(body), /fine/);
  }

  /** Sends the session's stream request and goes as soon as the stream is open. */
  async function listenAndLeave(session: Session): Promise<void> {
    const abort = new AbortController();
    const headers = { ...session.headers, accept: 'text/event-stream' };
    assert.equal((await fetch(url, { headers, signal: abort.signal })).status, 200);
    abort.abort();
  }

  /** Some of the sessions call, some listen, none is ended. */
  async function abandonSessions(count: number): Promise<void> {
    let opened = 0;
    const open = async () => {
      while (opened < count) {
        opened += 1;
        const number = opened;
        const session = await openSession(url, key);
        if (number % EVERY.calling === 0) await call(session);
        if (number % EVERY.listening === 0) await listenAndLeave(session);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, open));
  }

  async function hasNoChildren(): Promise<boolean> {
    return (await usageOf(gateway)).metric('sluice_plugin_upstreams') === 0;
  }

  /** Waits until the gateway holds no more than when nobody was there. */
  async function untilAllIsGone(before: Awaited<ReturnType<typeof usageOf>>): Promise<void> {
    await waitFor(
      async () => {
        const now = await usageOf(gateway);
        assert.equal(now.metric('sluice_plugin_calls_in_flight'), 0);
        assert.equal(now.metric('sluice_plugin_open_streams'), 0);
        const { processes, sockets } = now;
        assert.ok(processes.length <= before.processes.length, `${processes.length} processes`);
        assert.ok(sockets <= before.sockets + SPARE.sockets, `${sockets} sockets`);
        return true;
      },
      'everything of the clients to be gone',
      30_000,
    );
  }

  it(`${SESSIONS} sessions that are opened and abandoned leave neither children nor memory`, async () => {
    // Idle connections between the processes stay: as many as were ever in use at once.
    await abandonSessions(10 * AT_ONCE);
    await waitFor(hasNoChildren, 'the end of the children');
    const before = await usageOf(gateway);
    await abandonSessions(SESSIONS);
    await untilAllIsGone(before);
    const grown =
      (await usageOf(gateway)).metric('sluice_plugin_resident_memory_bytes') -
      before.metric('sluice_plugin_resident_memory_bytes');
    assert.ok(grown < SPARE.bytes, `${grown} bytes more`);
  });

  const MESSAGE = (tool: string) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } });

  function head({ headers }: Session, body: string): string {
    const all = {
      host: new URL(url).host,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': String(body.length),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST ${new URL(url).pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
  }

  /** What a client does with its connection before it is gone. */
  const POINTS: Readonly<Record<string, (socket: Socket, session: Session) => Promise<unknown>>> = {
    'before a word': async () => {},
    'in the middle of the head': async (socket, session) =>
      socket.write(head(session, MESSAGE('drip')).slice(0, 60)),
    'before the body': async (socket, session) => socket.write(head(session, MESSAGE('drip'))),
    'in the middle of the body': async (socket, session) =>
      socket.write(head(session, MESSAGE('drip')) + MESSAGE('drip').slice(0, 20)),
    'during the call': async (socket, session) =>
      socket.write(head(session, MESSAGE('drip')) + MESSAGE('drip')),
    'in the middle of the answer': async (socket, session) => {
      socket.write(head(session, MESSAGE('answer_at_length')) + MESSAGE('answer_at_length'));
      await once(socket, 'data');
      socket.pause();
    },
  };

  for (const [point, act] of Object.entries(POINTS)) {
    for (const farewell of ['close', 'reset'] as const) {
      it(`${point} with a ${farewell} leave nothing behind, and others go on`, async () => {
        const before = await usageOf(gateway);
        const { hostname, port } = new URL(url);
        const socket = connect(Number(port), hostname);
        socket.on('error', () => {});
        await once(socket, 'connect');
        await act(socket, await openSession(url, key));
        if (farewell === 'reset') socket.resetAndDestroy();
        else socket.destroy();
        await call(await openSession(url, key));
        await untilAllIsGone(before);
      });
    }
  }
});
