import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreamParser } from './event-stream.ts';

function parse(text: string, step = text.length) {
  const events: { data: string; id: string | undefined }[] = [];
  let data: Buffer[] = [];
  const parser = new EventStreamParser({
    data: (bytes) => data.push(Buffer.from(bytes)),
    end(id) {
      events.push({ data: Buffer.concat(data).toString(), id });
      data = [];
    },
  });
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += step) parser.push(bytes.subarray(i, i + step));
  return events;
}

describe('EventStreamParser', () => {
  it('reads events with LF, CR and CRLF line ends, over any chunking', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const lines = [
        ': comment',
        'event: message',
        'id: 1',
        'data: {"a":"é"}',
        '',
        'data:{"b":',
        'data: 2}',
        'retry: 5',
        '',
        '',
      ];
      for (const step of [1, 2, 3, 7, 1_000]) {
        assert.deepEqual(parse(lines.join(end), step), [
          { data: '{"a":"é"}', id: '1' },
          { data: '{"b":\n2}', id: '1' },
        ]);
      }
    }
  });

  it('leaves out events of other types and events without data', () => {
    assert.deepEqual(
      parse('id: 9\ndata: \n\nevent: endpoint\ndata: /x\n\n: keep-alive\n\ndata: 1\n\n'),
      [{ data: '1', id: '9' }],
    );
  });

  it('does not give an event whose blank line is missing', () => {
    assert.deepEqual(parse('data: 1\n'), []);
  });
});
