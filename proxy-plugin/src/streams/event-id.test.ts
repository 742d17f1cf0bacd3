import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventId, eventNumber, idAround, parseEventId } from './event-id.ts';

const textOf = ({ event, ...stream }: EventId) => {
  const [start, end] = idAround(stream);
  return `${start}${eventNumber(event)}${end}`;
};

describe('an event id', () => {
  it('names stream, event and request', () => {
    const stream = 2 ** 47 + 5;
    for (const id of [
      { kind: 'session', stream, event: 0 },
      { kind: 'reply', stream, event: 1_000, requestId: Buffer.from('12') },
      { kind: 'reply', stream: 1, event: 1, requestId: Buffer.from('"ü-_ 1"') },
    ] as const) {
      const text = textOf(id);
      assert.match(text, /^[\w-]+$/);
      assert.deepEqual(parseEventId(text), id);
    }
  });

  it('of somebody else is none', () => {
    for (const text of ['', '1', 'r1', 's1-', 'x1-1', 'r1-1-', 'R1-1', 'r1-1-MQ\n', 'r-1-1']) {
      assert.equal(parseEventId(text), undefined, text);
    }
  });

  it('carries nothing but a string or a number for the request', () => {
    for (const requestId of ['null', '{}', '[1]', '1,2', 'x']) {
      const encoded = Buffer.from(requestId).toString('base64url');
      const id = parseEventId(`r1-1-${encoded}`);
      assert.deepEqual(id, { kind: 'reply', stream: 1, event: 1 }, requestId);
    }
  });
});
