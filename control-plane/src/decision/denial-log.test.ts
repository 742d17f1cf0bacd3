/** Guarantees of the records of refusals. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDenialLog, type RefusedRequest } from './denial-log.ts';

const request: RefusedRequest = {
  requestId: 'r',
  principal: 'ip:192.0.2.1',
  key: undefined,
  clientIp: '192.0.2.1',
  endpoint: 'dev',
  transport: undefined,
  method: 'POST',
  visibleName: undefined,
  reason: 'missing_credential',
  httpStatus: 401,
};

const setUp = (capacity = 10) => createDenialLog({ source: 's', now: () => 5, capacity });

it('refusals of the same key or address, for the same reason, endpoint and tool, are one record', () => {
  const log = setUp();
  const other: Partial<RefusedRequest>[] = [
    {},
    { requestId: 'another' },
    { key: 'alice' },
    { key: 'alice', clientIp: '192.0.2.2' },
    { clientIp: '192.0.2.2' },
    { reason: 'invalid_credential' },
    { endpoint: 'other' },
    { visibleName: 'git__push' },
  ];
  for (const changes of other) log.note({ ...request, ...changes });
  const counts = log.drain().map(({ sequence, count }) => [sequence, count]);
  assert.deepEqual(counts, [
    [1, 2],
    [2, 2],
    [3, 1],
    [4, 1],
    [5, 1],
    [6, 1],
  ]);
  assert.deepEqual(log.drain(), []);
});

it('a flood from ten thousand addresses makes a bounded number of records and loses no count', () => {
  const log = setUp(100);
  for (let index = 0; index < 10_000; index += 1) {
    log.note({ ...request, clientIp: `10.0.${index >> 8}.${index & 255}` });
  }
  const records = log.drain();
  assert.equal(records.length, 101);
  assert.equal(
    records.reduce((sum, { count }) => sum + count, 0),
    10_000,
  );
  assert.deepEqual([records.at(-1)?.clientIp, records.at(-1)?.count], ['', 9_900]);
});

it('numbers go on from second to second, so that a loss is visible', () => {
  const log = setUp();
  log.note(request);
  assert.equal(log.drain()[0]?.sequence, 1);
  log.note(request);
  assert.equal(log.drain()[0]?.sequence, 2);
});

it('the last record says that nothing after it is missing, unless there never was one', () => {
  const log = setUp();
  assert.deepEqual(log.end(), []);
  log.note(request);
  log.drain();
  log.note(request);
  const outcomes = log.end().map(({ sequence, outcome }) => [sequence, outcome]);
  assert.deepEqual(outcomes, [
    [2, 'denied'],
    [3, 'end'],
  ]);
});
