import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Refusal } from '../mcp/exchange.ts';
import { tellFault } from './tell-fault.ts';

it('a fault of ours reaches the client, without its cause, and whoever logs it', async () => {
  const refusals: Refusal[] = [];
  const refuse = (refusal: Refusal) => void refusals.push(refusal);
  const acting = tellFault({ refuse }, () => Promise.reject(new Error('the cause')));
  await assert.rejects(acting, /the cause/);
  const [told] = refusals;
  assert.equal(told?.status, 500);
  assert.doesNotMatch(JSON.stringify(refusals), /the cause/);
});
