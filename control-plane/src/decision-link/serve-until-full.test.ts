/** Guarantees about publications at the decision loop's end of the port. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { createDecisionLink } from './create-decision-link.ts';
import type { DecisionLink } from './decision-link.ts';
import { serveUntilFull } from './serve-until-full.ts';

function open(publish: DecisionLink['publish']) {
  const { port1, port2 } = new MessageChannel();
  const faults: unknown[] = [];
  const answers: DecisionLink = {
    publish,
    syncServer: async () => ({}),
    toolsListed: async () => {},
    limitStandings: async () => [],
    metrics: async () => ({}),
    readySidecars: async () => 0,
  };
  const ready = serveUntilFull(port1, answers, (error) => faults.push(error));
  const link = createDecisionLink(port2, {
    storeCalls: async () => {},
    lists() {},
    status() {},
    knownLists: () => [],
    unreadable() {},
    keysUsed() {},
    stop: async () => {},
  });
  return { link, ready, faults, close: () => port1.close() };
}

it('decisions wait for a full policy', async () => {
  const { link, ready, faults, close } = open(async () => ({ applied: true }));
  let isReady = false;
  const watched = ready.then(() => {
    isReady = true;
  });
  await link.publish({ version: 1, full: false });
  assert.equal(isReady, false);
  await link.publish({ version: 2, full: true });
  await watched;
  assert.deepEqual(faults, []);
  close();
});

it('a change that cannot be put to use is fatal: a revocation must not fail open', async () => {
  const fault = new TypeError('a bug in the policy');
  const { link, faults, close } = open(async () => {
    throw fault;
  });
  await assert.rejects(link.publish({ version: 1, full: false }), /a bug in the policy/);
  assert.deepEqual(faults, [fault]);
  close();
});
