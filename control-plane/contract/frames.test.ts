import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createFrameReader,
  encodeFrame,
  encodeRawFrame,
  type Frame,
  MAX_FRAME_BYTES,
  parseFrame,
} from './frames.ts';
import { createSeededRandom } from './testing/seeded-random.ts';

function frameHeader(length: number, type: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(length);
  header[4] = type;
  return header;
}

describe('frames', () => {
  it('come out as they went in, under any chunking', () => {
    const random = createSeededRandom(2);
    for (let round = 0; round < 300; round++) {
      const sent = random.list(8, () => 'é{"'.repeat(random.below(200)));
      const bytes = Buffer.concat(sent.map((message) => encodeFrame('refuse', { message })));
      const received: string[] = [];
      const read = createFrameReader((frame) => {
        assert.equal(frame.type, 'refuse');
        received.push(parseFrame(frame as Frame & { type: 'refuse' }).message);
      });
      for (let at = 0; at < bytes.length; ) {
        const size = random.chance(0.5) ? random.below(8) : random.below(400);
        read(bytes.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(received, sent);
    }
  });

  it('keep a raw payload byte for byte, an empty one too', () => {
    const received: Frame[] = [];
    const read = createFrameReader((frame) => received.push(frame));
    const payload = Buffer.from([0, 255, 123, 10]);
    read(
      Buffer.concat([encodeRawFrame('lists', payload), encodeRawFrame('ping', Buffer.alloc(0))]),
    );
    assert.deepEqual(received, [
      { type: 'lists', payload },
      { type: 'ping', payload: Buffer.alloc(0) },
    ]);
  });

  it('are refused as soon as the length is out of bounds, before the payload comes', () => {
    for (const length of [0, MAX_FRAME_BYTES + 1, 0xffffffff]) {
      const read = createFrameReader(() => assert.fail('no frame'));
      assert.throws(() => read(frameHeader(length, 0).subarray(0, 4)), RangeError);
    }
  });

  it('are refused when their type is unknown', () => {
    for (const type of [16, 17, 128, 255]) {
      const read = createFrameReader(() => assert.fail('no frame'));
      assert.throws(() => read(frameHeader(1, type)), RangeError);
    }
  });

  it('make another protocol on the socket a RangeError, not a wait for gigabytes', () => {
    for (const stranger of [
      'GET / HTTP/1.1\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01',
      '{"jsonrpc":"2.0"}',
    ]) {
      const read = createFrameReader(() => assert.fail('no frame'));
      assert.throws(() => read(Buffer.from(stranger, 'latin1')), RangeError, stranger);
    }
  });

  it('whose payload is not JSON are a SyntaxError only when somebody parses them', () => {
    const received: Frame[] = [];
    createFrameReader((frame) => received.push(frame))(encodeRawFrame('ping', Buffer.from('{')));
    assert.throws(() => parseFrame(received[0] as Frame & { type: 'ping' }), SyntaxError);
  });
});
