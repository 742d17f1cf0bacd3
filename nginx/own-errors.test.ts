/** Every status that NGINX itself makes on our paths is JSON, in the form of its surface. */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { REASONS } from '../control-plane/contract/reasons.ts';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const mcp = '/metamcp/dev/mcp';
const tooLarge = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');

interface RpcRefusal {
  readonly jsonrpc: string;
  readonly id?: unknown;
  readonly error: { code: number; message: string; data: { reason: string; requestId: string } };
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly request_id: string;
}

/** Status and reason of a raw response on an MCP route; everything else about it is checked. */
function rpcRefusal(reply: string): [number | undefined, string] {
  const [status] = statusesIn(reply);
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  assert.match(head, /^Content-Type: application\/json$/m);
  const refusal = JSON.parse(body) as RpcRefusal;
  assert.equal(refusal.jsonrpc, '2.0');
  assert.ok(!('id' in refusal));
  assert.equal(refusal.error.code, status);
  assert.ok(refusal.error.message.length > 20, 'says what to do');
  assert.ok(refusal.error.data.reason in REASONS, refusal.error.data.reason);
  assert.match(head, new RegExp(`^X-Request-Id: ${refusal.error.data.requestId}$`, 'm'));
  return [status, refusal.error.data.reason];
}

function ask(lines: string, body = ''): Promise<string> {
  return exchangeBytes(
    nginx.port,
    `${lines}\r\nHost: localhost\r\nConnection: close\r\n\r\n${body}`,
  );
}

const ON_MCP: Readonly<Record<string, [number, string, () => Promise<string>]>> = {
  'an odd path': [400, 'bad_request', () => ask('GET /metamcp/%64ev/mcp HTTP/1.1')],
  'a malformed header': [400, 'bad_request', () => ask(`GET ${mcp} HTTP/1.1\r\nA\0B: 1`)],
  'an unknown path': [404, 'endpoint_not_found', () => ask('GET /metamcp/dev/other HTTP/1.1')],
  'the method TRACE': [405, 'method_not_allowed', () => ask(`TRACE ${mcp} HTTP/1.1`)],
  'a made-up method': [405, 'method_not_allowed', () => ask(`FROB ${mcp} HTTP/1.1`)],
  'a body over 4 MiB': [
    413,
    'body_too_large',
    () => ask(`POST ${mcp} HTTP/1.1\r\nContent-Length: ${tooLarge.length}`, `${tooLarge}`),
  ],
  'a chunked body over 4 MiB': [
    413,
    'body_too_large',
    () =>
      ask(
        `POST ${mcp} HTTP/1.1\r\nTransfer-Encoding: chunked`,
        `400001\r\n${tooLarge}\r\n0\r\n\r\n`,
      ),
  ],
  'an unknown host': [
    421,
    'bad_request',
    () =>
      exchangeBytes(nginx.port, `GET ${mcp} HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n`),
  ],
  'a header over 16 kB': [
    431,
    'bad_request',
    () => ask(`GET ${mcp} HTTP/1.1\r\nMcp-Name: ${'n'.repeat(17_000)}`),
  ],
  'an unknown transfer encoding': [
    501,
    'bad_request',
    () => ask(`POST ${mcp} HTTP/1.1\r\nTransfer-Encoding: gzip`),
  ],
  'a plugin that is down': [
    503,
    'unavailable',
    async () => {
      await nginx.planes.stop('plugin');
      return ask(`GET ${mcp} HTTP/1.1`);
    },
  ],
};
for (const [what, [status, reason, exchange]] of Object.entries(ON_MCP)) {
  it(`${what} is ${status} as JSON-RPC without id on an MCP route`, async () => {
    assert.deepEqual(rpcRefusal(await exchange()), [status, reason]);
  });
}

for (const [line, status] of [
  ['EHLO mail', 400],
  [`GET ${mcp} HTTP/3.0`, 505],
] as const) {
  it(`the request line "${line}" is ${status} with JSON`, async () => {
    const reply = await exchangeBytes(nginx.port, `${line}\r\n\r\n`);
    assert.deepEqual(statusesIn(reply), [status]);
    assert.match(reply, /Content-Type: application\/problem\+json/);
  });
}

it('a request line over 16 kB is 414 with JSON', async () => {
  const reply = await ask(`GET ${mcp}?${'q'.repeat(17_000)} HTTP/1.1`);
  assert.deepEqual(statusesIn(reply), [414]);
  assert.match(reply, /"title":"URI Too Long"/);
});

const ON_ADMIN: Readonly<Record<string, [number, string, string, Parameters<typeof send>[1]]>> = {
  'an unknown path': [404, '/problems/not-found', '/nothing', { path: '/nothing?secret=1' }],
  'the method TRACE': [
    405,
    '/problems/method-not-allowed',
    '/api/v1/servers',
    { path: '/api/v1/servers', method: 'TRACE' },
  ],
  'a made-up method': [
    405,
    '/problems/method-not-allowed',
    '/api/v1/servers',
    { path: '/api/v1/servers', method: 'FROB' },
  ],
  'a body over 4 MiB': [
    413,
    '/problems/body-too-large',
    '/api/v1/servers',
    { path: '/api/v1/servers', body: tooLarge },
  ],
};
for (const [what, [status, type, instance, outgoing]] of Object.entries(ON_ADMIN)) {
  it(`${what} is ${status} as problem+json elsewhere`, async () => {
    const reply = await send(nginx.port, outgoing);
    assert.equal(reply.status, status);
    assertProblem(reply, { type, status, instance });
  });
}

it('a prefix without its slash goes to the API, and is no redirect of NGINX', async () => {
  for (const path of ['/api', '/docs', '/problems']) {
    const reply = await send(nginx.port, { path });
    assert.equal(reply.status, 200, path);
    assert.equal(nginx.planes.received.api.at(-1)?.url, path);
  }
});

it('a control plane that is down is 503 as problem+json on admin paths', async () => {
  await nginx.planes.stop('api');
  for (const path of [
    '/api/v1/servers',
    '/docs',
    '/openapi.json',
    '/metrics',
    '/healthz',
    '/readyz',
  ]) {
    const reply = await send(nginx.port, { path });
    assert.equal(reply.headers['retry-after'], '1');
    assertProblem(reply, { type: '/problems/unavailable', status: 503, instance: path });
  }
});

function assertProblem(reply: Awaited<ReturnType<typeof send>>, expected: Partial<Problem>): void {
  assert.equal(reply.headers['content-type'], 'application/problem+json');
  const problem = reply.json<Problem>();
  assert.deepEqual({ ...problem, ...expected }, problem);
  assert.ok(problem.title && problem.detail.length > 10);
  assert.equal(reply.headers['x-request-id'], problem.request_id);
}
