/** The server role of the conformance suite: the reference server through the gateway and without it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { openEndpoint } from './open-endpoint.ts';
import { startReferenceServer } from './reference/start-reference-server.ts';
import { type Scenario, testServer } from './run-suite.ts';

/** What revision 2025-11-25 requires of a server; written down here so that none can drop out unseen. */
const SCORED = [
  'completion-complete',
  'dns-rebinding-protection',
  'elicitation-sep1034-defaults',
  'elicitation-sep1330-enums',
  'logging-set-level',
  'ping',
  'prompts-get-embedded-resource',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-with-image',
  'prompts-list',
  'resources-list',
  'resources-read-binary',
  'resources-read-text',
  'resources-subscribe',
  'resources-templates-read',
  'resources-unsubscribe',
  'server-initialize',
  'server-sse-multiple-streams',
  'tools-call-audio',
  'tools-call-elicitation',
  'tools-call-embedded-resource',
  'tools-call-error',
  'tools-call-image',
  'tools-call-mixed-content',
  'tools-call-sampling',
  'tools-call-simple-text',
  'tools-call-with-logging',
  'tools-call-with-progress',
  'tools-list',
];
const SCORED_CHECKS = 70;
/** Made where lists come as event streams; the gateway answers with JSON, which is as good. */
const OF_STREAMS_ONLY = 'server-sse-streams-functional';

describe('the conformance suite for servers of 2025-11-25', () => {
  let gateway: Gateway;
  let reference: Awaited<ReturnType<typeof startReferenceServer>>;
  let url: string;
  let direct: Scenario[];

  before(async () => {
    reference = await startReferenceServer();
    gateway = await startGateway();
    ({ url } = await openEndpoint(gateway, 'reference', reference.url));
    direct = await testServer(reference.url);
  });
  after(async () => {
    await gateway?.stop();
    await reference?.[Symbol.asyncDispose]();
  });

  it('passes in all 30 scored scenarios against the reference server itself', () => {
    assertAllPass(direct);
  });

  it('passes in the same 30 through the gateway, and in the unscored ones that pass without it', async () => {
    const through = await testServer(url);
    assert.deepEqual(comparable(through, direct), comparable(direct, direct));
  });
});

function assertAllPass(scenarios: readonly Scenario[]): void {
  const scored = scenarios.filter(({ name }) => SCORED.includes(name));
  assert.deepEqual(
    scored.map(({ name }) => name),
    SCORED,
  );
  assert.deepEqual(
    scored.filter(({ failed, passed }) => failed.length > 0 || passed.length === 0),
    [],
  );
  assert.equal(scored.flatMap(({ passed }) => passed).length, SCORED_CHECKS);
}

/** Without what the reference server fails itself: it lacks what the unscored scenarios want. */
function comparable(scenarios: readonly Scenario[], direct: readonly Scenario[]) {
  const left = new Set(direct.filter(({ failed }) => failed.length > 0).map(({ name }) => name));
  return scenarios
    .filter(({ name }) => !left.has(name))
    .map(({ name, passed, failed }) => ({
      name,
      passed: passed.filter((check) => check !== OF_STREAMS_ONLY),
      failed,
    }));
}
