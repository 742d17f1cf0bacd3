/** Guarantees of limits over REST: `call` limits are charged with the decision, where the tool is known. */
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { verifyDecision } from '@sluice/contract/decision';
import { sampleRules } from '@sluice/contract/testing/sample-namespace';
import {
  ask,
  createSampleGate,
  type SampleAnswer,
  type SampleGate,
} from '../testing/sample-gate.ts';
import { decisionKey, NOW, sampleLimit, sampleServer } from '../testing/sample-policy.ts';

let gate: SampleGate;
beforeEach(() => {
  gate = createSampleGate();
  gate.policy.apply({
    version: 2,
    full: false,
    servers: { git: sampleServer('git') },
    namespaces: { all: sampleRules({ name: 'all' }) },
    limits: {
      pushes: sampleLimit('pushes', {
        endpoint: 'dev',
        unit: 'call',
        tool: 'git/push',
        rate: 1,
        periodSeconds: 60,
        burst: 1,
      }),
    },
  });
  gate.policy.tools.listed({
    server: 'git',
    revision: 1,
    tools: [{ name: 'log' }, { name: 'push' }],
  });
});

function callTool(tool: string, headers: Record<string, string> = {}) {
  return ask(gate, { 'x-sluice-route': 'api', 'x-sluice-tool': tool, ...headers });
}

function claimsOf(answer: SampleAnswer) {
  const binding = { requestId: 'request-1', endpoint: 'dev', route: 'api', httpMethod: 'POST' };
  const header = answer.headers.get('x-sluice-decision');
  const verified = verifyDecision(decisionKey, header, binding, NOW);
  assert.ok(verified.ok);
  return verified.claims;
}

it('a call is charged with its decision, and refused there as a problem', () => {
  const first = callTool('git__push');
  assert.deepEqual(claimsOf(first).charged, { server: 'git', name: 'push' });
  assert.match(first.headers.get('ratelimit') ?? '', /"pushes";r=0/);
  const second = callTool('git__push');
  assert.equal(second.headers.get('x-sluice-status'), '429');
  const problem = JSON.parse(second.headers.get('x-sluice-error') ?? '') as Record<string, unknown>;
  assert.deepEqual([problem.status, problem.reason], [429, 'limit_exceeded']);
  assert.match(String(problem.detail), /"pushes"/);
  const [record] = gate.denials.drain();
  assert.deepEqual([record?.method, record?.visibleName], ['tools/call', 'git__push']);
});

it('a call that no limit matches is charged nothing, and nobody need ask', () => {
  for (let round = 0; round < 3; round += 1) {
    const { ask: mayAsk, charged } = claimsOf(callTool('git__log'));
    assert.deepEqual([mayAsk, charged], [true, { server: 'git', name: 'log' }]);
  }
});

it('a tool that is unknown, or hidden from the key, is left to the sidecar', () => {
  assert.equal(claimsOf(callTool('git__nothing')).charged, undefined);
  const hidden = callTool('git__push', { 'x-api-key': 'secret-of-bob' });
  assert.equal(claimsOf(hidden).charged, undefined);
  assert.equal(hidden.headers.get('ratelimit'), undefined, 'and charges nothing');
});

it('a name in a header counts on no other route: the body may name something else', () => {
  const answer = ask(gate, { 'x-sluice-tool': 'git__push' });
  assert.equal(answer.headers.get('ratelimit'), undefined);
});

it('reading the document charges nothing', () => {
  const answer = callTool('openapi.json', { 'x-sluice-method': 'GET' });
  assert.equal(answer.headers.get('ratelimit'), undefined);
});
