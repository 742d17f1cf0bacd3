import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from '../metrics.ts';
import { sampleCall } from '../testing/sample-call.ts';
import { createCallJournal } from './call-journal.ts';
import type { NewCall } from './call-outbox.ts';

function startJournal() {
  const records: NewCall[] = [];
  const metrics = createMetrics();
  const journal = createCallJournal({ record: (call) => void records.push(call) }, metrics);
  return { journal, records, metrics };
}

const DENIED = { outcome: 'denied', reason: 'not_granted' } as const;

describe('the journal of calls', () => {
  it('passes on every call by itself', () => {
    const { journal, records, metrics } = startJournal();
    journal.record(sampleCall());
    journal.record(sampleCall());
    assert.equal(records.length, 2);
    assert.equal(metrics.values()['sluice_calls_total{outcome="ok"}'], 2);
    journal.close();
  });

  it('counts refusals of one kind to one key together', () => {
    const { journal, records } = startJournal();
    for (let i = 0; i < 1_000; i += 1)
      journal.record(sampleCall({ ...DENIED, requestId: `r${i}` }));
    journal.record(sampleCall({ ...DENIED, reason: 'read_only' }));
    journal.record(sampleCall({ ...DENIED, key: 'bob-key' }));
    assert.equal(records.length, 0);
    journal.flushRefusals();
    const counts = records.map(({ key, reason, count, requestId }) => [
      key,
      reason,
      count,
      requestId,
    ]);
    assert.deepEqual(counts, [
      ['alice-key', 'not_granted', 1_000, 'r0'],
      ['alice-key', 'read_only', 1, 'r1'],
      ['bob-key', 'not_granted', 1, 'r1'],
    ]);
    journal.flushRefusals();
    assert.equal(records.length, 3);
    journal.close();
  });

  it('keeps refused tools apart, but not the names that a client makes up', () => {
    const { journal, records } = startJournal();
    journal.record(sampleCall({ ...DENIED, name: 'push' }));
    journal.record(sampleCall({ ...DENIED, name: 'pull' }));
    for (let i = 0; i < 10; i += 1) {
      const { server: _, name: __, ...unknown } = sampleCall({ ...DENIED, reason: 'unknown_name' });
      journal.record({ ...unknown, visibleName: `made-up-${i}` });
    }
    journal.flushRefusals();
    const seen = records.map(({ name, count }) => [name, count]);
    assert.deepEqual(seen, [
      ['push', 1],
      ['pull', 1],
      [undefined, 10],
    ]);
    journal.close();
  });

  it('does not fill a disk when refusals come from everywhere', () => {
    const { journal, records } = startJournal();
    for (let i = 0; i < 5_000; i += 1) {
      const { key: _, ...call } = sampleCall({ ...DENIED, clientIp: `192.0.2.${i}` });
      journal.record(call);
    }
    journal.flushRefusals();
    assert.ok(records.length <= 1_001);
    assert.equal(
      records.reduce((sum, { count }) => sum + count, 0),
      5_000,
    );
    assert.deepEqual([records.at(-1)?.clientIp, records.at(-1)?.principal], ['', '']);
    journal.close();
  });
});
