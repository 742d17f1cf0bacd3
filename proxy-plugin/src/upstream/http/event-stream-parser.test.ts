import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreamParser } from './event-stream-parser.ts';

function parse(text: string, step = text.length) {
  const events: { data: string; id: string | undefined }[] = [];
  let data: Buffer[] = [];
  const parser = new EventStreamParser({
    data: (bytes) => data.push(Buffer.from(bytes)),
    end() {
      events.push({ data: Buffer.concat(data).toString(), id: parser.lastId });
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

  it('gives the data of an event of another type as text, but not without bound', () => {
    const named: string[] = [];
    const parser = new EventStreamParser({
      data: () => assert.fail('it is no message'),
      end: () => assert.fail('it is no message'),
      named: (type, data) => named.push(`${type} ${data}`),
    });
    parser.push(Buffer.from('event: endpoint\ndata: /a\ndata: b\n\n'));
    assert.deepEqual(named.splice(0), ['endpoint /a\nb']);
    parser.push(Buffer.from('event: big\n'));
    for (let i = 0; i < 1_000; i += 1) parser.push(Buffer.from(`data: ${'x'.repeat(1_000)}\n`));
    parser.push(Buffer.from('\n'));
    assert.ok((named[0]?.length ?? 0) < 20_000);
  });

  it('learns the id and the pause to resume with, also from events without data', () => {
    const parser = new EventStreamParser({ data() {}, end() {} });
    const after = (text: string) => {
      parser.push(Buffer.from(text));
      return [parser.lastId, parser.retryMs];
    };
    assert.deepEqual(after('id: 1\nretry: 250\ndata: \n'), [undefined, 250]);
    assert.deepEqual(after('\n'), ['1', 250]);
    assert.deepEqual(after('retry: soon\nid: 2\0\ndata: 1\n\n'), ['1', 250]);
    assert.deepEqual(after('id\n\n'), ['', 250]);
  });

  it('does not give an event whose blank line is missing', () => {
    assert.deepEqual(parse('data: 1\n'), []);
  });
});
