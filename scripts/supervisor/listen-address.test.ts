import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, parseListenAddress, reachableAddress } from './listen-address.ts';

describe('parseListenAddress', () => {
  for (const [text, expected] of [
    ['127.0.0.1:12008', '127.0.0.1:12008'],
    ['[::1]:80', '[::1]:80'],
    ['localhost:12008', '127.0.0.1:12008'],
    ['*:65535', '0.0.0.0:65535'],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseListenAddress(text)?.text, expected));
  }

  for (const text of [
    '',
    '12008',
    ':12008',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '::1:80',
    'mcp.example.com:80',
    '[127.0.0.1]:80',
    '1.2.3:80',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseListenAddress(text), undefined));
  }
});

it('loopback is the whole 127.0.0.0/8 and ::1, nothing else', () => {
  const loopback = (text: string) => {
    const address = parseListenAddress(text);
    return address && isLoopback(address);
  };
  assert.deepEqual(['127.0.0.1:1', '127.9.9.9:1', '[::1]:1'].map(loopback), [true, true, true]);
  assert.deepEqual(['0.0.0.0:1', '10.0.0.1:1', '[::]:1'].map(loopback), [false, false, false]);
});

it('a wildcard is reached over loopback of its own family', () => {
  const reach = (text: string) => {
    const address = parseListenAddress(text);
    return address && reachableAddress(address).text;
  };
  assert.deepEqual(['0.0.0.0:5', '[::]:5', '10.0.0.1:5'].map(reach), [
    '127.0.0.1:5',
    '[::1]:5',
    '10.0.0.1:5',
  ]);
});
