import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlockedAddressError } from './blocked-address-error.ts';
import { createHttpAgent } from './http-agent.ts';

describe('metadata addresses', () => {
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
