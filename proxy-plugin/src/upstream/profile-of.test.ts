/** Profiles: equal clients have equal ones, and upstreams are promised no more than is carried. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { profileOf } from './profile-of.ts';

it('what a client declares is what upstreams are told, in one order', () => {
  const declared = {
    sampling: { tools: {} },
    roots: {},
    elicitation: { url: {}, form: {} },
  };
  assert.equal(
    profileOf(declared),
    '{"elicitation":{"form":{},"url":{}},"roots":{},"sampling":{"tools":{}}}',
  );
  assert.equal(
    profileOf({ elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} }),
    profileOf(declared),
  );
});

it('an elicitation capability without modes stays as the client said it', () => {
  assert.equal(profileOf({ elicitation: {} }), '{"elicitation":{}}');
});

it('what is not carried is not promised', () => {
  const declared = {
    roots: { listChanged: true },
    sampling: { context: {} },
    tasks: { cancel: {} },
    experimental: { x: {} },
  };
  assert.equal(profileOf(declared), '{"roots":{},"sampling":{}}');
});

it('whatever else a client sends is no capability', () => {
  for (const declared of [undefined, null, 1, 'roots', [], { roots: true, sampling: null }]) {
    assert.equal(profileOf(declared), '{}');
  }
});
