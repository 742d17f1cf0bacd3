/** Servers that break off at each point of the handshake: a clear failure in time, and no harm to others. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import {
  runTestCall,
  serverOf,
  startUpstreams,
  type TestUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };
/** Well above what a start takes, well below every time limit. */
const SOON_MS = 5_000;

/** What the server does with each line it reads; `welcome` answers `initialize`. */
const CHILDREN = {
  'before it reads anything': 'process.exit(0);',
  'when it is greeted': 'on(() => process.exit(0));',
  'in the middle of its answer':
    'on(() => process.stdout.write(\'{"jsonrpc":"2.0","id":1,"resu\', () => process.exit(0)));',
  'right after its answer':
    'on((m) => { welcome(m); process.stdout.end(() => process.exit(0)); });',
  'when it is told that all is well':
    "on((m) => m.method === 'initialize' ? welcome(m) : process.exit(0));",
  'when it is called':
    "on((m) => { if (m.method === 'initialize') welcome(m); if (m.method === 'tools/call') process.exit(0); });",
};
const CHILD_PRELUDE = `
const on = (act) => require('node:readline').createInterface({ input: process.stdin })
  .on('line', (line) => act(JSON.parse(line)));
const welcome = ({ id, params: { protocolVersion } }) =>
  reply(id, { protocolVersion, capabilities: {}, serverInfo: { name: 'x', version: '1' } });
`;

const json = { 'Content-Type': 'application/json' };
const WELCOMES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'closes the connection': (response) => response.destroy(),
  'sends half a head': (response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\nContent-Ty');
    setImmediate(() => response.destroy());
  },
  'sends half a body': (response) => {
    response.writeHead(200, { ...json, 'Content-Length': 1000 }).write('{"jsonrpc":"2.0","id":1,');
    setImmediate(() => response.destroy());
  },
  'answers with no JSON': (response) => response.writeHead(200, json).end('<html>'),
  'answers with nothing': (response) => response.writeHead(200, json).end(),
  'answers with another id': (response) =>
    response.writeHead(200, json).end('{"jsonrpc":"2.0","id":"other","result":{}}'),
  'answers nested 10,000 deep': (response) =>
    response.writeHead(200, json).end(`{"result":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  'never answers': () => {},
  'sends its answer in drips': (response) => {
    response.writeHead(200, json);
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  },
};

describe('a server that breaks off', () => {
  let standIns: StandIns;
  let healthy: ServerRuntime;
  before(async () => {
    standIns = await createStandIns();
    healthy = await standIns.write('healthy', 'serve((m) => text(m.id, 1));');
  });
  after(() => standIns[Symbol.asyncDispose]());

  /** Calls `broken`; meanwhile the healthy server answers as ever. */
  async function failureOf({ upstreams }: TestUpstreams, broken: ServerRuntime) {
    await runTestCall(upstreams, healthy, CALL);
    const startedAt = performance.now();
    const failing = runTestCall(upstreams, broken, CALL);
    const { summary } = await runTestCall(upstreams, healthy, CALL);
    assert.equal(summary?.isError, false);
    const { failure } = await failing;
    assert.ok(performance.now() - startedAt < SOON_MS);
    assert.match(failure?.message ?? '', new RegExp(`Server "${broken.name}"`));
    return failure;
  }

  for (const [point, script] of Object.entries(CHILDREN)) {
    it(`over stdio ${point} fails the call that wanted it`, async () => {
      await using test = startUpstreams();
      const broken = await standIns.write('broken', CHILD_PRELUDE + script);
      const failure = await failureOf(test, broken);
      assert.match(failure?.reason ?? '', /^(start_failed|crashed)$/);
      assert.equal(failure?.notRun, failure?.reason === 'start_failed');
    });
  }

  for (const [what, act] of Object.entries(WELCOMES)) {
    it(`over HTTP that ${what} fails the call that wanted it, which did not run`, async (context) => {
      const http = createServer((request, response) => {
        request.resume().on('end', () => act(response));
      });
      await once(http.listen(0, '127.0.0.1'), 'listening');
      context.after(() => http.close().closeAllConnections());
      await using test = startUpstreams();
      const broken = serverOf('broken', {
        transport: 'streamable-http',
        url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
        connectTimeoutMs: 400,
      });
      assert.equal((await failureOf(test, broken))?.notRun, true);
    });
  }
});
