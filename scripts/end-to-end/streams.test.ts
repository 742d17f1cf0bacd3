/** Streams through real NGINX: opened at once, closed when the right to them ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { openSession } from './mcp-session.ts';
import { issueKey, provisionEverything } from './provision.ts';

/** Design §6: a revoked key closes its open streams within a second. */
const CLOSED_WITHIN_MS = 1_000;

describe('streams', () => {
  let gateway: Gateway;
  let url: string;

  before(async () => {
    gateway = await startGateway();
    ({ url } = await provisionEverything(gateway));
  });
  after(() => gateway?.stop());

  /** Opens the stream of a new session of `key`; `ended` resolves when it is over. */
  async function openStream(key: string) {
    const session = await openSession(url, key);
    const reply = await fetch(url, {
      headers: { ...session.headers, accept: 'text/event-stream' },
    });
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('content-type') ?? '', /^text\/event-stream/);
    const reader = reply.body?.getReader() ?? assert.fail('no body');
    const first = await reader.read();
    assert.match(Buffer.from(first.value ?? []).toString(), /^id: /);
    const readToEnd = async () => {
      while (!(await reader.read()).done);
    };
    return { session, ended: readToEnd() };
  }

  async function assertEndsInTime(ended: Promise<void>): Promise<void> {
    const changedAt = performance.now();
    await ended;
    const tookMs = performance.now() - changedAt;
    assert.ok(tookMs < CLOSED_WITHIN_MS, `took ${tookMs} ms`);
  }

  it('of a revoked key end within a second, those of other keys go on', async () => {
    const doomed = await openStream(await issueKey(gateway, 'doomed'));
    const other = await openStream(await issueKey(gateway, 'other'));
    await gateway.api('POST', '/api/v1/keys/doomed/revoke');
    await assertEndsInTime(doomed.ended);
    assert.equal((await other.session.request('ping')).status, 200);
    const state = await Promise.race([other.ended.then(() => 'ended'), Promise.resolve('open')]);
    assert.equal(state, 'open');
    await gateway.api('DELETE', '/api/v1/keys/other');
    await assertEndsInTime(other.ended);
  });

  it('of a removed endpoint end within a second', async () => {
    const key = await issueKey(gateway, 'last');
    const { ended } = await openStream(key);
    const removed = await gateway.api('DELETE', '/api/v1/endpoints/default');
    assert.ok(removed.status < 300, JSON.stringify(removed));
    await assertEndsInTime(ended);
  });
});
