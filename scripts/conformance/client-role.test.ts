/** The client role of the conformance suite: the gateway as the client of the suite's own servers. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { clientScenarios, testClient } from './run-suite.ts';

/** What revision 2025-11-25 requires of a client, without OAuth, and how many checks each makes. */
const SCORED = {
  'elicitation-sep1034-client-defaults': 5,
  initialize: 2,
  'sse-retry': 3,
  tools_call: 2,
};

const DRIVER = `"${process.execPath}" "${path.join(import.meta.dirname, 'drive-client.ts')}"`;

describe('the conformance suite for clients of 2025-11-25', () => {
  let gateway: Gateway;

  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway?.stop());

  for (const [name, checks] of Object.entries(SCORED)) {
    it(`passes in ${name}`, async () => {
      const scenario = await testClient(name, DRIVER, {
        CONFORMANCE_GATEWAY_URL: gateway.url,
        CONFORMANCE_ADMIN_URL: gateway.adminUrl,
        CONFORMANCE_ADMIN_KEY: gateway.adminKey,
      });
      assert.deepEqual(scenario.failed, []);
      assert.equal(scenario.passed.length, checks, scenario.passed.join());
    });
  }

  it('has no other scenarios than these and those of OAuth', async () => {
    const names = (await clientScenarios()).filter((name) => !name.startsWith('auth/'));
    assert.deepEqual(names.sort(), Object.keys(SCORED).sort());
  });
});
