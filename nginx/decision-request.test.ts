/** What the decision is asked: a GET with a fixed list of headers, and nothing else (reference 2.5). */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { startNginx } from './testing/nginx-under-test.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx({ settings: { limitHeaders: ['X-Tenant', 'origin'] } });
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

async function decisionRequest(outgoing: Parameters<typeof send>[1]) {
  await send(nginx.port, outgoing);
  const [request, ...more] = nginx.planes.received.decision;
  assert.equal(more.length, 0, 'asked once');
  assert.ok(request, 'asked');
  return request;
}

it('the decision is a GET without body or query, whatever the client sends', async () => {
  const { method, url, headers, body } = await decisionRequest({
    path: '/metamcp/dev/mcp?x=1',
    body: '{"some":"body"}',
  });
  assert.deepEqual([method, url, body], ['GET', '/decision', '']);
  assert.equal(headers['content-length'], undefined);
  assert.equal(headers['transfer-encoding'], undefined);
});

it('the decision gets the listed headers and no others', async () => {
  const { headers } = await decisionRequest({
    path: '/metamcp/dev/mcp?api_key=mm_query',
    body: '{}',
    headers: {
      Host: 'localhost:1234',
      Authorization: 'Bearer a',
      'X-API-Key': 'b',
      Origin: 'http://localhost:1234',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': 'c',
      'Mcp-Session-Id': 'd',
      'MCP-Protocol-Version': '2025-11-25',
      'X-Tenant': 'e',
      Cookie: 'f',
      'User-Agent': 'kube-probe/1.0',
      'X-Forwarded-For': '6.6.6.6',
      'X-Real-IP': '6.6.6.6',
      'X-Original-URI': '/metamcp/other/mcp',
      'X-Other': 'g',
    },
  });
  const { 'x-sluice-request-id': [requestId = ''] = [], ...others } = headers;
  assert.match(requestId, /^[0-9a-f]{32}$/);
  assert.deepEqual(others, {
    host: ['localhost:1234'],
    authorization: ['Bearer a'],
    'x-api-key': ['b'],
    origin: ['http://localhost:1234'],
    'mcp-method': ['tools/call'],
    'mcp-name': ['c'],
    'mcp-session-id': ['d'],
    'mcp-protocol-version': ['2025-11-25'],
    'x-tenant': ['e'],
    'x-sluice-endpoint': ['dev'],
    'x-sluice-route': ['mcp'],
    'x-sluice-method': ['POST'],
    'x-sluice-client-ip': ['127.0.0.1'],
    'x-sluice-query-key': ['mm_query'],
  });
});

it('two keys in the query that differ both reach the decision, wherever they stand', async () => {
  const pairs = [
    'api_key=mm_q&apikey=mm_r',
    'apikey=mm_q&api_key=mm_r',
    'x=1&api_key=mm_q&y=&API_KEY=mm_r&z',
    'api_key=mm_q&api_key=mm_q&apikey=mm_r',
    'api_key=mm_q&api_key=mm_r&apikey=mm_q',
  ];
  for (const query of pairs) {
    await nginx.planes.reset();
    const { headers } = await decisionRequest({ path: `/metamcp/dev/mcp?${query}` });
    assert.deepEqual(headers['x-sluice-query-key'], ['mm_q mm_r'], query);
  }
  for (const query of [
    'api_key=mm_q&apikey=mm_q',
    'api_key=mm_q&apikey=',
    'xapi_key=mm_r&apikey=mm_q',
  ]) {
    await nginx.planes.reset();
    const { headers } = await decisionRequest({ path: `/metamcp/dev/mcp?${query}` });
    assert.deepEqual(headers['x-sluice-query-key'], ['mm_q'], query);
  }
});

it('a key in the query is known under both its names, and empty ones are absent', async () => {
  for (const query of ['api_key=mm_q', 'apikey=mm_q', 'x=1&apikey=mm_q&y=2']) {
    await nginx.planes.reset();
    const { headers } = await decisionRequest({ path: `/metamcp/dev/mcp?${query}` });
    assert.deepEqual(headers['x-sluice-query-key'], ['mm_q'], query);
  }
  await nginx.planes.reset();
  const { headers } = await decisionRequest({ path: '/metamcp/dev/mcp' });
  assert.equal(headers['x-sluice-query-key'], undefined);
});

it('methods of the client are told, never used', async () => {
  for (const method of ['GET', 'DELETE', 'OPTIONS', 'PUT', 'HEAD']) {
    await nginx.planes.reset();
    const request = await decisionRequest({ method, path: '/metamcp/dev/mcp' });
    assert.deepEqual([request.method, request.headers['x-sluice-method']], ['GET', [method]]);
    assert.equal(nginx.planes.received.plugin[0]?.method, method);
  }
});

it('clients get 404 for the decision itself, under any name', async () => {
  for (const path of ['/_sluice/decision', '/_sluice/decision?x', '/_sluice/', '/decision']) {
    assert.equal((await send(nginx.port, { path })).status, 404, path);
  }
  assert.equal((await send(nginx.port, { path: '/_sluice/server-error/mcp' })).status, 404);
  assert.equal(nginx.planes.received.decision.length, 0);
});

it('what the request line names as host wins over the Host header', async () => {
  const { headers } = await decisionRequest({
    path: 'http://localhost/metamcp/dev/mcp',
    headers: { Host: 'evil.example', Origin: 'http://evil.example' },
  });
  assert.deepEqual(headers.host, ['localhost']);
});

it('a port in Host is kept for the Origin rule, on names and IPv6 addresses', async () => {
  for (const host of ['localhost:1234', '[::1]:1234', '127.0.0.1', 'LOCALHOST:80']) {
    await nginx.planes.reset();
    const { headers } = await decisionRequest({
      path: '/metamcp/dev/mcp',
      headers: { Host: host, Origin: 'http://x' },
    });
    assert.deepEqual(headers.host, [host]);
    assert.deepEqual(nginx.planes.received.plugin[0]?.headers.host, [host]);
  }
});
