import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from '../testing/call-fixture.ts';
import { INITIALIZE, json, openWireSession } from '../testing/wire-session.ts';

interface InitializeReply {
  readonly result: {
    readonly protocolVersion: string;
    readonly capabilities: Readonly<Record<string, object>>;
    readonly serverInfo: { readonly name: string };
  };
}

describe('initialize', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  async function initialize(protocolVersion: unknown) {
    const params = { ...INITIALIZE.params, protocolVersion };
    const reply = await fixture.plugin.send({ body: { ...INITIALIZE, params } });
    assert.equal(reply.status, 200, reply.text);
    return (json(reply) as unknown as InitializeReply).result;
  }

  it('speaks the version that the client asks for, or else the latest of its era', async () => {
    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
      assert.equal((await initialize(version)).protocolVersion, version);
    }
    for (const version of ['2024-10-07', '2026-07-28', '', 7, null, { a: 1 }]) {
      assert.equal((await initialize(version)).protocolVersion, '2025-11-25');
    }
  });

  it('names the gateway and claims what works', async () => {
    const { serverInfo, capabilities } = await initialize('2025-11-25');
    assert.equal(serverInfo.name, 'sluice');
    const all = ['completions', 'logging', 'prompts', 'resources', 'tools'];
    assert.deepEqual(Object.keys(capabilities).toSorted(), all);
  });

  it('opens another session each time, not to be cached', async () => {
    const [one, other] = [
      await openWireSession(fixture.plugin),
      await openWireSession(fixture.plugin),
    ];
    assert.notEqual(one.id, other.id);
    assert.match(one.id, /^a\.[A-Za-z0-9_-]+$/);
    assert.equal(one.opening.headers['cache-control'], 'no-store');
  });

  it('lists whatever the client could do without a word of initialized', async () => {
    const session = await openWireSession(fixture.plugin);
    const lists = await Promise.all(
      ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'].map((method) =>
        session
          .request(method)
          .then((reply) => Object.keys((json(reply) as { result: object }).result)),
      ),
    );
    assert.deepEqual(lists.flat(), ['tools', 'prompts', 'resources', 'resourceTemplates']);
  });

  it('refuses a cursor, as there are no further pages', async () => {
    const reply = await fixture.session.request('tools/list', { cursor: '' });
    assert.equal((json(reply) as { error: { code: number } }).error.code, -32602);
  });
});
