import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlockedAddressError, isBlockedAddress } from './blocked-addresses.ts';
import { createHttpAgent } from './http-agent.ts';

describe('metadata addresses', () => {
  for (const address of [
    '169.254.169.254',
    '169.254.170.2',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[::ffff:a9fe:a9fe]',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    'fd00:ec2::254',
    'fd00:0ec2:0:0:0:0:0:0254',
    'fe80::a9fe:a9fe%eth0',
    'fd20:ce::254',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    '168.63.129.16',
  ]) {
    it(`${address} is blocked`, () => assert.equal(isBlockedAddress(address), true));
  }

  for (const address of ['127.0.0.1', '10.0.0.1', '::1', '169.253.1.1', 'fd00::1', 'example.com']) {
    it(`${address} is not blocked`, () => assert.equal(isBlockedAddress(address), false));
  }

  for (const url of [
    'http://169.254.169.254/latest/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://１６９.254.169.254/',
    'http://169.254.169.254./',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'https://169.254.169.254/',
  ]) {
    it(`no connection is made to ${url}`, async () => {
      const agent = createHttpAgent();
      const request = agent.request({ origin: new URL(url).origin, path: '/', method: 'GET' });
      await assert.rejects(request, BlockedAddressError);
      await agent.destroy();
    });
  }
});
