import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@sluice/contract/call-record';
import { sampleCall } from '../testing/sample-call.ts';
import { createCallOutbox } from './call-outbox.ts';

interface SentBatch {
  readonly batch: number;
  readonly records: readonly CallRecord[];
}

/** An outbox on a wire that a test can cut, with a clock that it can turn. */
function startOutbox(capacity?: number) {
  const sent: SentBatch[] = [];
  const wire = { connected: true };
  const clock = { now: 1_000_000 };
  const outbox = createCallOutbox({
    source: 'a.1',
    now: () => clock.now,
    send(batch, records) {
      if (wire.connected) sent.push({ batch, records });
      return wire.connected;
    },
    ...(capacity !== undefined && { capacity }),
  });
  return { outbox, sent, wire, clock };
}

function sequences(sent: readonly SentBatch[]): number[] {
  return sent.flatMap(({ records }) => records.map(({ sequence }) => sequence));
}

describe('the outbox of call records', () => {
  it('numbers records from 1 on without holes', () => {
    const { outbox, sent } = startOutbox();
    for (let i = 0; i < 1_201; i += 1) outbox.record(sampleCall());
    outbox.flush();
    assert.deepEqual(
      sequences(sent),
      Array.from({ length: 1_201 }, (_, i) => i + 1),
    );
    outbox.close();
  });

  it('keeps a batch until it is stored, and sends it again after a reconnect', () => {
    const { outbox, sent, wire } = startOutbox();
    outbox.record(sampleCall());
    outbox.flush();
    outbox.flush();
    assert.equal(sent.length, 1, 'sent once while the channel holds');
    wire.connected = false;
    outbox.record(sampleCall());
    outbox.flush();
    wire.connected = true;
    outbox.resend();
    assert.deepEqual(sequences(sent), [1, 1, 2]);
    for (const { batch } of sent) outbox.stored(batch);
    assert.equal(outbox.waiting, 0);
    outbox.resend();
    assert.equal(sent.length, 3);
    outbox.close();
  });

  it('sends a batch again that was not stored in time', () => {
    const { outbox, sent, clock } = startOutbox();
    outbox.record(sampleCall());
    outbox.flush();
    clock.now += 4_000;
    outbox.flush();
    assert.equal(sent.length, 1);
    clock.now += 2_000;
    outbox.flush();
    assert.deepEqual(sequences(sent), [1, 1]);
    outbox.close();
  });

  it('puts no more than eight batches on the wire until they are stored', () => {
    const { outbox, sent, clock } = startOutbox();
    for (let i = 0; i < 20 * 500; i += 1) outbox.record(sampleCall());
    const numbers = () => sent.map(({ batch }) => batch);
    assert.deepEqual(numbers(), [1, 2, 3, 4, 5, 6, 7, 8]);
    outbox.stored(1);
    assert.equal(numbers().at(-1), 9);
    clock.now += 6_000;
    outbox.flush();
    assert.deepEqual(numbers().slice(9), [2, 3, 4, 5, 6, 7, 8, 9]);
    for (let batch = 2; batch <= 20; batch += 1) outbox.stored(batch);
    assert.deepEqual([numbers().at(-1), outbox.waiting], [20, 0]);
    outbox.close();
  });

  it('drops the oldest when it is full: a gap in the sequence, counted', () => {
    const { outbox, sent, wire } = startOutbox(1_000);
    wire.connected = false;
    for (let i = 0; i < 1_600; i += 1) outbox.record(sampleCall());
    assert.ok(outbox.waiting <= 1_000);
    assert.equal(outbox.waiting + outbox.dropped, 1_600);
    wire.connected = true;
    outbox.resend();
    assert.deepEqual([sequences(sent)[0], sequences(sent).at(-1)], [outbox.dropped + 1, 1_600]);
    outbox.close();
  });

  it('says farewell with the next number', () => {
    const { outbox, sent } = startOutbox();
    outbox.record(sampleCall());
    outbox.sayFarewell();
    outbox.flush();
    const last = sent.at(-1)?.records.at(-1);
    assert.deepEqual([last?.sequence, last?.outcome], [2, 'end']);
    outbox.close();
  });
});
