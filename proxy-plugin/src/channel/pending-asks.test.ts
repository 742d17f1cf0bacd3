import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { Ask } from '@sluice/contract/frames';
import { createPendingAsks } from './pending-asks.ts';

const QUESTION = {
  principal: 'alice',
  endpoint: 'default',
  clientIp: '192.0.2.7',
  method: 'tools/call',
  server: 'git',
  name: 'pull',
};

describe('asks', () => {
  it('get the answer with their number, in any order', async () => {
    const sent: Ask[] = [];
    const asks = createPendingAsks((ask) => sent.push(ask) > 0);
    const [first, second] = [asks.ask(QUESTION), asks.ask({ ...QUESTION, name: 'push' })];
    const [a, b] = sent;
    assert.ok(a && b && a.id !== b.id);
    asks.answer({ id: b.id, allowed: false, reason: 'limit_exceeded' });
    asks.answer({ id: a.id, allowed: true });
    asks.answer({ id: a.id, allowed: false });
    assert.deepEqual([(await first).allowed, (await second).reason], [true, 'limit_exceeded']);
  });

  it('are refused as unavailable when the channel is down, is lost, or says nothing', async () => {
    const down = createPendingAsks(() => false);
    assert.equal((await down.ask(QUESTION)).reason, 'unavailable');

    const lost = createPendingAsks(() => true);
    const asked = lost.ask(QUESTION);
    lost.failAll();
    assert.equal((await asked).reason, 'unavailable');

    mock.timers.enable({ apis: ['setTimeout'] });
    const silent = createPendingAsks(() => true).ask(QUESTION);
    mock.timers.tick(2_000);
    mock.timers.reset();
    const { allowed, reason, message, retryAfterSeconds } = await silent;
    assert.deepEqual([allowed, reason, retryAfterSeconds], [false, 'unavailable', 1]);
    assert.match(message ?? '', /control plane/);
  });
});
