/** The includes live in somebody else's server: neither spoils the other. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { deniedPort, http2Port, writeExistingServers } from './testing/existing-servers.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { openStream } from './testing/open-stream.ts';
import { allowHeaders } from './testing/planes.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx({ edit: writeExistingServers });
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const path = '/metamcp/dev/mcp';

describe('theirs beside ours', () => {
  it('the ACME challenge is served, and nothing under /.well-known/ is taken', async () => {
    const acme = await send(nginx.port, { path: '/.well-known/acme-challenge/token' });
    assert.deepEqual([acme.status, acme.body], [200, 'acme answer']);
    for (const name of ['oauth-protected-resource', 'oauth-authorization-server', 'x']) {
      const reply = await send(nginx.port, { path: `/.well-known/${name}` });
      assert.deepEqual([reply.status, reply.body], [404, 'their 404 page']);
    }
  });

  it("another app's own auth_request decides about that app, and only there", async () => {
    assert.equal((await send(nginx.port, { path: '/their-app/' })).status, 401);
    const headers = { 'X-Their-Pass': 'yes' };
    const reply = await send(nginx.port, { path: '/their-app/', headers });
    assert.deepEqual([reply.status, reply.body], [200, 'their app\n']);
    assert.equal(nginx.planes.received.decision.length, 0);
  });

  it('their error pages, headers and log are as they were', async () => {
    const reply = await send(nginx.port, { path: '/missing?theirs=1' });
    assert.deepEqual([reply.status, reply.body], [404, 'their 404 page']);
    assert.equal(reply.headers['x-theirs'], 'yes');
    const log = await readFile(join(nginx.dataDir, 'log/theirs.log'), 'utf8');
    assert.match(log, /missing\?theirs=1/);
  });
});

describe('ours in their server', () => {
  it('their regular expressions and access rules do not take our path', async () => {
    const reply = await send(nginx.port, { path, body: '{}' });
    assert.equal(reply.status, 200);
    assert.equal(nginx.planes.received.decision.length, 1);
    assert.equal((await send(nginx.port, { path: '/openapi.json' })).status, 200);
  });

  it('their satisfy any does not let a request pass without a decision', async () => {
    nginx.planes.handle('decision', (_, response) =>
      response.writeHead(403, { 'X-Sluice-Status': '404' }).end(),
    );
    assert.equal((await send(nginx.port, { path, body: '{}' })).status, 404);
    assert.equal(nginx.planes.received.plugin.length, 0);
  });

  it('their cache stores neither decisions nor replies', async () => {
    const cacheable = { 'Cache-Control': 'max-age=60', Expires: 'Fri, 01 Jan 2100 00:00:00 GMT' };
    nginx.planes.handle('decision', (_, response) =>
      response.writeHead(204, { ...allowHeaders('signed'), ...cacheable }).end(),
    );
    nginx.planes.handle('plugin', (_, response) => response.writeHead(200, cacheable).end('x'));
    for (let round = 0; round < 3; round += 1) await send(nginx.port, { path });
    assert.equal(nginx.planes.received.decision.length, 3);
    assert.equal(nginx.planes.received.plugin.length, 3);
    for (let round = 0; round < 3; round += 1) await send(nginx.port, { path: '/api/v1/x' });
    assert.equal(nginx.planes.received.api.length, 3);
  });

  it('their gzip and buffering do not delay a stream', async () => {
    const opened = new Promise<ServerResponse>((resolve) => {
      nginx.planes.handle('plugin', (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
        resolve(response);
      });
    });
    const headers = { 'Accept-Encoding': 'gzip' };
    const stream = await openStream({ port: nginx.port, path, headers });
    const response = await opened;
    for (const event of ['one', 'two']) {
      response.write(`data: ${event}\n\n`);
      await stream.received(`data: ${event}\n\n`);
    }
    stream.abort();
    await once(response, 'close'); // nor do they hide that the client is gone
  });

  it('the API answers for itself, whatever they do with errors and bodies of other apps', async () => {
    nginx.planes.handle('api', (_, response, body) => {
      const headers = {
        'Content-Type': 'application/problem+json',
        'X-Accel-Redirect': '/404.html',
      };
      response.writeHead(404, headers).end(`{"bytes":${body.length}}`);
    });
    const reply = await send(nginx.port, { path: '/api/v1/x', body: 'x'.repeat(5_000) });
    assert.deepEqual([reply.status, reply.body], [404, '{"bytes":5000}']);
  });

  it('their error pages do not replace our errors, and their headers reach our clients', async () => {
    nginx.planes.handle('plugin', (_, response) => response.writeHead(404).end('{"ours":1}'));
    const own = await send(nginx.port, { path, body: '{}' });
    assert.deepEqual([own.status, own.body], [404, '{"ours":1}']);
    assert.equal(own.headers['x-theirs'], 'yes');
    const odd = await send(nginx.port, { path: '/metamcp/nothing' });
    assert.equal(odd.headers['content-type'], 'application/json');
    await nginx.planes.stop('decision');
    assert.equal((await send(nginx.port, { path })).headers['content-type'], 'application/json');
    await nginx.planes.stop('api');
    const down = await send(nginx.port, { path: '/readyz' });
    assert.equal(down.headers['content-type'], 'application/problem+json');
  });

  it('their smaller body limit does not apply to us', async () => {
    const reply = await send(nginx.port, { path, body: 'x'.repeat(2 * 1024 * 1024) });
    assert.equal(reply.status, 200);
  });

  it('their log has none of our requests, queries included', async () => {
    await send(nginx.port, { path: `${path}?api_key=mm_canary` });
    await send(nginx.port, { path: '/metamcp/odd?api_key=mm_canary' });
    await nginx.accessLog(({ path: logged }) => logged === '/metamcp/odd');
    const log = await readFile(join(nginx.dataDir, 'log/theirs.log'), 'utf8');
    assert.ok(!log.includes('metamcp'));
  });

  it('their deny rule is 403 with JSON, in the form of the surface', async () => {
    const data = await send(deniedPort, { path, body: '{}' });
    assert.deepEqual([data.status, data.headers['content-type']], [403, 'application/json']);
    const admin = await send(deniedPort, { path: '/api/v1/x' });
    assert.deepEqual(
      [admin.status, admin.headers['content-type']],
      [403, 'application/problem+json'],
    );
    assert.equal(nginx.planes.received.plugin.length + nginx.planes.received.api.length, 0);
  });
});

describe('behind their load balancer', () => {
  it('HTTP/2 works, and the address that their realip rules find is the client', async () => {
    const client = connect(`http://127.0.0.1:${http2Port}`);
    const stream = client.request({
      ':path': path,
      ':authority': 'gateway.lan:443',
      origin: 'https://gateway.lan:443',
      'x-forwarded-for': '9.9.9.9',
    });
    const status = await new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
    });
    stream.resume();
    client.close();
    assert.equal(status, 200);
    const [asked] = nginx.planes.received.decision;
    assert.deepEqual(asked?.headers['x-sluice-client-ip'], ['9.9.9.9']);
    assert.deepEqual(asked?.headers.host, ['gateway.lan:443']);
  });
});
