/** The coarse limit per client IP, before anything else is asked (reference 2.4). */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type NginxUnderTest, startNginx } from './testing/nginx-under-test.ts';
import { type Outgoing, send } from './testing/send.ts';

const path = '/metamcp/dev/mcp';
const MODERN = '2026-07-28';

/** One request, then none for a minute: all after the first is refused. */
async function startStrict(): Promise<NginxUnderTest> {
  return startNginx({
    async edit({ prefix }) {
      await writeFile(
        join(prefix, 'tunables-http.conf'),
        'limit_req_zone $binary_remote_addr zone=sluice_client_ip:1m rate=1r/m;',
      );
      await writeFile(
        join(prefix, 'tunables-data.conf'),
        'limit_req zone=sluice_client_ip; client_max_body_size 4m;',
      );
      return undefined;
    },
  });
}

describe('over the limit', () => {
  const cases: Readonly<Record<string, [number, Outgoing]>> = {
    'a POST without session and version': [503, { path, body: '{}' }],
    'a POST without session of a legacy version': [
      503,
      { path, body: '{}', headers: { 'MCP-Protocol-Version': '2025-11-25' } },
    ],
    'server/discover': [
      503,
      {
        path,
        body: '{}',
        headers: { 'MCP-Protocol-Version': MODERN, 'Mcp-Method': 'server/discover' },
      },
    ],
    'a POST of a session': [429, { path, body: '{}', headers: { 'Mcp-Session-Id': 's' } }],
    'a modern POST': [429, { path, body: '{}', headers: { 'MCP-Protocol-Version': MODERN } }],
    'a POST of a later version': [
      429,
      { path, body: '{}', headers: { 'MCP-Protocol-Version': '2027-01-01' } },
    ],
    'a GET': [429, { path }],
  };
  for (const [what, [status, outgoing]] of Object.entries(cases)) {
    it(`${what} is ${status} with Retry-After and JSON, and no plane is asked`, async () => {
      await using nginx = await startStrict();
      assert.equal((await send(nginx.port, { path })).status, 200);
      await nginx.planes.reset();
      const reply = await send(nginx.port, outgoing);
      assert.equal(reply.status, status);
      assert.equal(reply.headers['retry-after'], '1');
      const { error } = reply.json<{ error: { code: number; data: { reason: string } } }>();
      assert.deepEqual([error.code, error.data.reason], [status, 'limit_exceeded']);
      assert.equal(nginx.planes.received.decision.length, 0);
    });
  }

  it('a REST call is 429 as a problem, also without a session', async () => {
    await using nginx = await startStrict();
    await send(nginx.port, { path });
    const reply = await send(nginx.port, { path: '/metamcp/dev/api/search', body: '{}' });
    assert.deepEqual([reply.status, reply.headers['retry-after']], [429, '1']);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    assert.equal(reply.json<{ reason: string }>().reason, 'limit_exceeded');
  });

  it('no header moves a client into another bucket', async () => {
    await using nginx = await startStrict();
    await send(nginx.port, { path });
    const names = [
      'X-Forwarded-For',
      'X-Real-IP',
      'Forwarded',
      'X-Sluice-Client-IP',
      'X-Client-IP',
    ];
    const headers = Object.fromEntries(names.map((name) => [name, '6.6.6.6']));
    assert.equal((await send(nginx.port, { path, headers })).status, 429);
  });
});

it('this machine is not counted by default', async () => {
  await using nginx = await startNginx();
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const status = () =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ port: nginx.port, path, agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  const statuses = await Promise.all(Array.from({ length: 1_000 }, status));
  agent.destroy();
  assert.deepEqual(new Set(statuses), new Set([200]));
});
