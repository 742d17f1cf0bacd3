import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

describe('putNamespace', () => {
  let api: TestApi;
  const put = (body: unknown) => api.call('PUT /api/v1/namespaces/n', { body });
  const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });

  before(async () => {
    api = await openTestApi();
    for (const name of ['a', 'b']) {
      const body = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' };
      await api.call(`PUT /api/v1/servers/${name}`, { body });
    }
  });
  after(() => api.close());

  it('422 for two tools that would certainly have one visible name', async () => {
    const reply = await put({
      members: [
        { server: 'a', tools: { search: { name: 'find' } } },
        { server: 'b', tools: { lookup: { name: 'find' } } },
      ],
    });
    assert.equal(reply.status, 422);
    assert.equal(reply.body.errors[0].pointer, '/members/1/tools/lookup');
    assert.match(reply.body.errors[0].message, /a\/search/);
  });

  it('422 for a server that is in it twice, and for a visible name that is too long', async () => {
    const name = 'x'.repeat(40);
    const reply = await put({
      max_name_length: 32,
      members: [
        { server: 'a', tools: { search: { name } } },
        { server: 'a', prefix: 'again' },
      ],
    });
    const found = reply.body.errors.map((error: { pointer: string }) => error.pointer);
    assert.deepEqual(found, ['/members/1/server', '/members/0/tools/search/name']);
  });

  it('says in its status and catalog what clashes only because of what servers list, and shows neither', async () => {
    const { body } = await put({
      members: [
        { server: 'a', prefix: '' },
        { server: 'b', prefix: '' },
      ],
    });
    assert.deepEqual(body.status.unknown_servers, ['a', 'b']);
    const policy = await api.deps.policy.full(api.deps.db);
    for (const server of ['a', 'b']) {
      const revision = policy.servers?.[server]?.revision ?? 0;
      api.deps.lists.update(server, revision, '{}', {
        ...{ prompts: [], resources: [], templates: [], capabilities: {} },
        tools: [tool('echo'), tool(`only-${server}`)],
      });
    }
    const { body: read } = await api.call('GET /api/v1/namespaces/n');
    assert.equal(read.status.tools, 2);
    assert.deepEqual(read.status.clashes, [
      { kind: 'tool', visible_name: 'echo', claimants: ['a/echo', 'b/echo'] },
    ]);
    const { body: catalog } = await api.call('GET /api/v1/namespaces/n/catalog');
    assert.deepEqual(catalog.clashes, read.status.clashes);
    assert.deepEqual(
      catalog.tools.map((shown: { visible_name: string }) => shown.visible_name),
      ['only-a', 'only-b'],
    );
  });

  it('keeps the order of members and tools as they were PUT', async () => {
    const members = [
      { server: 'b', tools: { zebra: { enabled: false }, ant: { title: 'Ant' } } },
      { server: 'a' },
    ];
    await put({ members });
    const { body } = await api.call('GET /api/v1/namespaces/n');
    assert.deepEqual(
      body.members.map((member: { server: string }) => member.server),
      ['b', 'a'],
    );
    assert.deepEqual(Object.keys(body.members[0].tools), ['zebra', 'ant']);
  });
});
