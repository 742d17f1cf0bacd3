import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { farewell } from '@sluice/contract/call-source';
import type { CallsDatabase } from './calls-database.ts';
import { endSources, storeCalls, storeLoss } from './store-calls.ts';
import { openCallsFolder, sampleCall, sampleCalls } from './testing/sample-calls.ts';

function stored(db: CallsDatabase) {
  return db.selectFrom('calls').selectAll().orderBy('id').execute();
}

async function gaps(db: CallsDatabase) {
  const rows = (await stored(db)).filter((row) => row.outcome === 'gap');
  return rows.map(({ source, sequence, count, reason }) => [source, sequence, count, reason]);
}

describe('storing call records', () => {
  it('keeps every field', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1, { reason: 'x', write: true })]);
    const [row] = await stored(calls.db);
    assert.deepEqual(row, {
      id: 1,
      source: 'plugin.1',
      sequence: 1,
      time: 1_000_001,
      request_id: '00000000000000000000000000000001',
      principal: 'alice',
      key: 'alice-key',
      client_ip: '127.0.0.1',
      endpoint: 'default',
      transport: 'streamable-http',
      method: 'tools/call',
      server: 'git',
      name: 'log',
      visible_name: 'git__log',
      write: 1,
      outcome: 'ok',
      reason: 'x',
      http_status: 200,
      duration_ms: 12.5,
      upstream_ms: 10,
      request_bytes: 100,
      response_bytes: 2000,
      count: 1,
    });
  });

  it('stores a record that is sent again only once', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 3));
    await storeCalls(calls.db, sampleCalls(2, 5));
    assert.deepEqual(
      (await stored(calls.db)).map((row) => row.sequence),
      [1, 2, 3, 4, 5],
    );
  });

  it('takes a batch larger than one statement, in any order', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 1_001).reverse());
    assert.equal((await stored(calls.db)).length, 1_001);
  });

  it('shows skipped numbers as a gap that says how many', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(3), sampleCall(4), sampleCall(10)]);
    assert.deepEqual(await gaps(calls.db), [
      ['plugin.1', -1, 2, 'sequence_skipped'],
      ['plugin.1', -5, 5, 'sequence_skipped'],
    ]);
    await storeCalls(calls.db, [sampleCall(10), sampleCall(11)]);
    assert.equal((await gaps(calls.db)).length, 2);
  });

  it('keeps a skipped record that comes after all', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1), sampleCall(3)]);
    await storeCalls(calls.db, [sampleCall(2)]);
    const sequences = (await stored(calls.db)).map((row) => row.sequence);
    assert.deepEqual(sequences, [1, -2, 3, 2]);
  });

  it('shows a source that ended without farewell when the next one of its replica comes', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 2));
    await storeCalls(calls.db, [sampleCall(1, { source: 'other.1' })]);
    assert.deepEqual(await gaps(calls.db), []);
    await storeCalls(calls.db, [sampleCall(1, { source: 'plugin.2' })]);
    await storeCalls(calls.db, [sampleCall(2, { source: 'plugin.2' })]);
    assert.deepEqual(await gaps(calls.db), [['plugin.1', -3, 0, 'source_ended']]);
  });

  it('shows nothing after a farewell, and does not store it', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1), farewell('plugin.1', 2, 5)]);
    await storeCalls(calls.db, [sampleCall(1, { source: 'plugin.2' })]);
    assert.deepEqual(await gaps(calls.db), []);
    assert.equal((await stored(calls.db)).length, 2);
  });

  it('shows what a former start of the control plane may have lost, once', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1, { source: 'control-plane.1' })]);
    await endSources(calls.db, 'control-plane');
    await endSources(calls.db, 'control-plane');
    assert.deepEqual(await gaps(calls.db), [['control-plane.1', -2, 0, 'source_ended']]);
  });

  it('shows a loss that no later record of the source would show', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1)]);
    await storeLoss(calls.db, 'plugin.1', 5, 9);
    await storeCalls(calls.db, [sampleCall(5)]);
    assert.deepEqual(await gaps(calls.db), [['plugin.1', -2, 3, 'sequence_skipped']]);
  });
});
