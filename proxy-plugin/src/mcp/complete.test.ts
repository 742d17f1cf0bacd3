/** Guarantees of `completion/complete`, through a whole sidecar and a real child. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from '../testing/call-fixture.ts';
import { json, openWireSession } from '../testing/wire-session.ts';

describe('completion/complete', () => {
  let fixture: CallFixture;
  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  for (const ref of [
    { type: 'ref/prompt', name: 'actor__hello' },
    { type: 'ref/resource', uri: 'actor+file:///a' },
  ]) {
    it(`of a ${ref.type} is for those who may list it`, async () => {
      const params = { ref, argument: { name: 'a', value: '' } };
      const narrow = await openWireSession(fixture.plugin, { claims: { ruleSet: 'limited' } });
      const allowed = await fixture.session.request('completion/complete', params);
      assert.ok(json(allowed).result, allowed.text);
      const refused = json(await narrow.request('completion/complete', params));
      assert.equal((refused.error as { code?: number } | undefined)?.code, -32602);
      const unknown = { ...params, ref: { type: ref.type, name: 'none', uri: 'none' } };
      const nothing = json(await narrow.request('completion/complete', unknown));
      assert.deepEqual(nothing.error, refused.error);
    });
  }
});
