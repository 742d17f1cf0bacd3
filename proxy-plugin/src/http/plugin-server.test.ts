import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { applyChange } from '@sluice/contract/snapshot';
import { sampleEndpoint, sampleSnapshot } from '../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { INITIALIZE, json } from '../testing/wire-session.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

describe('the HTTP side', () => {
  let plugin: PluginUnderTest;

  before(async () => {
    plugin = await startPlugin(sampleSnapshot([]));
    await plugin.send({ body: INITIALIZE });
  });
  after(() => plugin[Symbol.asyncDispose]());

  it('403 believes no request without a genuine decision, and records it', async () => {
    const forged = `${Buffer.from('{"principal":"root"}').toString('base64url')}.${randomBytes(32).toString('base64url')}`;
    for (const decision of ['', 'x', '.', forged]) {
      const reply = await plugin.send({ body: INITIALIZE, decision });
      assert.equal(reply.status, 403, decision);
      assert.match(reply.text, /decision_invalid/);
    }
    const recorded = () =>
      plugin.controlPlane.records().find(({ reason }) => reason === 'decision_invalid');
    await eventually('a record of the refusals', () => recorded() !== undefined);
    assert.equal(recorded()?.principal, '');
    assert.equal(recorded()?.clientIp, '192.0.2.7');
  });

  it('403 believes a decision only for the request it was made for', async () => {
    const { controlPlane } = plugin;
    const other = await plugin.send({
      body: INITIALIZE,
      headers: { 'x-sluice-request-id': 'f'.repeat(32) },
    });
    assert.equal(other.status, 403);
    const elsewhere = await plugin.send({
      body: INITIALIZE,
      headers: { 'x-sluice-endpoint': 'admin' },
    });
    assert.equal(elsewhere.status, 403);
    const later = await plugin.send({ body: INITIALIZE, claims: { expiresAt: Date.now() - 1 } });
    assert.equal(later.status, 403);
    assert.match(later.text, /expired/);
    assert.ok(controlPlane.snapshot.version > 0);
  });

  it('204 answers a preflight and does nothing else', async () => {
    const reply = await plugin.send({
      method: 'OPTIONS',
      headers: { origin: 'https://app.test' },
      claims: { preflight: true },
    });
    assert.equal(reply.status, 204);
    assert.equal(reply.headers['access-control-allow-origin'], 'https://app.test');
    assert.match(String(reply.headers['access-control-allow-methods']), /POST.*DELETE/);
    assert.match(String(reply.headers['access-control-allow-headers']), /Mcp-Session-Id/);
  });

  it('405 names the methods there are', async () => {
    const reply = await plugin.send({ method: 'PATCH', body: {} });
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, 'POST, GET, DELETE');
  });

  it('waits for the configuration that a decision was taken on', async () => {
    const { controlPlane } = plugin;
    const version = controlPlane.snapshot.version + 1;
    const change = { version, endpoints: { late: sampleEndpoint({ name: 'late', path: 'late' }) } };
    const early = plugin.send({ endpoint: 'late', body: INITIALIZE, claims: { version } });
    controlPlane.snapshot = applyChange(controlPlane.snapshot, change);
    controlPlane.send('change', change);
    assert.equal((await early).status, 200);
  });

  it('503 with Retry-After when that configuration does not come', async () => {
    const version = plugin.controlPlane.snapshot.version + 1;
    const reply = await plugin.send({ body: INITIALIZE, claims: { version } });
    assert.equal(reply.status, 503);
    assert.equal(reply.headers['retry-after'], '1');
    assert.equal(
      (json(reply) as { error: { data: { reason: string } } }).error.data.reason,
      'unavailable',
    );
  });

  it('503 asks to try again when the endpoint is gone since the decision', async () => {
    const reply = await plugin.send({ endpoint: 'constructor', body: INITIALIZE });
    assert.equal(reply.status, 503);
    assert.equal(reply.headers['retry-after'], '1');
  });
});
