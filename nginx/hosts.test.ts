/** Which host names are served, and what a spoofed one can reach (threats 26 and 34). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { send } from './testing/send.ts';

describe('on an address of its own', () => {
  it('only the names of the gateway are served, each with any port', async () => {
    await using nginx = await startNginx();
    for (const name of ['127.0.0.1', 'localhost', '[::1]', 'mcp.example.com', 'MCP.EXAMPLE.COM']) {
      for (const Host of [name, `${name}:443`]) {
        const { status } = await send(nginx.port, { path: '/metamcp/dev/mcp', headers: { Host } });
        assert.equal(status, 200, Host);
      }
    }
  });

  it('an unknown host is 421 on data and admin listeners, whatever X-Forwarded-Host says', async () => {
    await using nginx = await startNginx({ adminApart: true });
    const hosts = ['evil.example', '127.0.0.1.evil.example', 'localhost.', 'mcp.example.com.evil'];
    for (const Host of hosts) {
      const headers = { Host, 'X-Forwarded-Host': 'localhost', Forwarded: 'host=localhost' };
      for (const [port, path] of [
        [nginx.port, '/metamcp/dev/mcp'],
        [nginx.port, '/'],
        [nginx.adminPort, '/api/v1/servers'],
        [nginx.adminPort, '/docs'],
      ] as const) {
        const reply = await send(port, { path, headers });
        const expected = Host === 'localhost.' ? [200, 404] : [421];
        assert.ok(expected.includes(reply.status), `${Host} ${path}: ${reply.status}`);
      }
    }
  });

  it('an absolute form that names another host is 421', async () => {
    await using nginx = await startNginx();
    const head =
      'GET http://evil/metamcp/dev/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    assert.deepEqual(statusesIn(await exchangeBytes(nginx.port, head)), [421]);
    assert.equal(nginx.planes.received.decision.length, 0);
  });

  it('health checks are answered under any host, on both listeners', async () => {
    await using nginx = await startNginx({ adminApart: true });
    for (const port of [nginx.port, nginx.adminPort]) {
      for (const path of ['/healthz', '/readyz']) {
        const reply = await send(port, { path, headers: { Host: '10.0.0.7' } });
        assert.equal(reply.status, 200);
      }
    }
  });

  it('the data listener has no admin path when operators have their own', async () => {
    await using nginx = await startNginx({ adminApart: true });
    for (const path of ['/api/v1/servers', '/docs', '/openapi.json', '/metrics', '/problems/x']) {
      assert.equal((await send(nginx.port, { path })).status, 404, path);
      assert.equal((await send(nginx.adminPort, { path })).status, 200, path);
    }
    assert.equal((await send(nginx.adminPort, { path: '/metamcp/dev/mcp' })).status, 404);
  });
});

describe('on a wildcard address', () => {
  it('any host is served while nobody has said by which name the gateway is reached', async () => {
    await using nginx = await startNginx({ wildcard: true });
    const headers = { Host: 'gateway.lan:12008' };
    const { status } = await send(nginx.port, { path: '/metamcp/dev/mcp', headers });
    assert.equal(status, 200);
  });

  it('only the public URL and local names are served once it is set', async () => {
    await using nginx = await startNginx({
      wildcard: true,
      settings: { publicUrl: 'https://mcp.example.com' },
    });
    const statusFor = async (Host: string) =>
      (await send(nginx.port, { path: '/metamcp/dev/mcp', headers: { Host } })).status;
    assert.equal(await statusFor('mcp.example.com'), 200);
    assert.equal(await statusFor('localhost'), 200);
    assert.equal(await statusFor('gateway.lan'), 421);
  });
});
