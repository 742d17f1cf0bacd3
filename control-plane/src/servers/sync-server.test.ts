import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

describe('the tools and the catalog that were last listed', () => {
  let api: TestApi;

  before(async () => {
    api = await openTestApi();
    for (const name of ['git', 'new']) {
      const body = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' };
      await api.call(`PUT /api/v1/servers/${name}`, { body });
    }
    const off = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp', enabled: false };
    await api.call('PUT /api/v1/servers/off', { body: off });
    api.deps.lists.update('git', 1, '{}', {
      tools: [{ name: 'log', inputSchema: { type: 'object' }, vendor: [1] }, { name: 'push' }],
      prompts: [{ name: 'review' }],
      resources: [{ uri: 'repo://head' }],
      templates: [{ uriTemplate: 'repo://{sha}' }],
      capabilities: {},
    });
    const members = [{ server: 'git' }, { server: 'new' }];
    await api.call('PUT /api/v1/namespaces/dev', { body: { members } });
    await api.call('PUT /api/v1/endpoints/dev', { body: { namespace: 'dev' } });
    await api.call('POST /api/v1/keys', {
      body: { name: 'logger', endpoints: ['*'], allow: ['git/log'] },
    });
  });
  after(() => api.close());

  it('200 gives tools exactly as the server gave them', async () => {
    const { body } = await api.call('GET /api/v1/servers/git/tools');
    assert.deepEqual(body, {
      listed: true,
      items: [{ name: 'log', inputSchema: { type: 'object' }, vendor: [1] }, { name: 'push' }],
    });
  });

  it('200 says when a server has never been listed, 404 when there is none', async () => {
    const { body } = await api.call('GET /api/v1/servers/new/tools');
    assert.deepEqual(body, { listed: false, items: [] });
    assert.equal((await api.call('GET /api/v1/servers/nobody/tools')).status, 404);
  });

  it('200 shows the catalog, and through a key only what that key may call', async () => {
    const { body } = await api.call('GET /api/v1/namespaces/dev/catalog');
    assert.deepEqual(
      body.tools.map((tool: { visible_name: string }) => tool.visible_name),
      ['git__log', 'git__push'],
    );
    assert.equal(body.resources[0].visible_uri, 'git+repo://head');
    assert.equal(body.templates[0].visible_uri_template, 'git+repo://{sha}');
    assert.deepEqual([body.prompts.length, body.unknown_servers], [1, ['new']]);
    const seen = await api.call('GET /api/v1/namespaces/dev/catalog?key=logger');
    const { tools, prompts, resources, templates } = seen.body;
    assert.deepEqual(
      [tools.length, tools[0].name, prompts, resources, templates],
      [1, 'log', [], [], []],
    );
    assert.equal((await api.call('GET /api/v1/namespaces/dev/catalog?key=nobody')).status, 404);
    assert.equal((await api.call('GET /api/v1/namespaces/nobody/catalog')).status, 404);
  });

  it('503 says that no proxy plugin is there to sync with', async () => {
    for (const path of ['servers/git/sync', 'endpoints/dev/sync']) {
      const reply = await api.call(`POST /api/v1/${path}`);
      assert.equal(reply.status, 503);
      assert.match(reply.body.detail, /was not synced/);
    }
  });

  it('404 for a server or endpoint that is not there, 422 for one that is off', async () => {
    assert.equal((await api.call('POST /api/v1/servers/nobody/sync')).status, 404);
    assert.equal((await api.call('POST /api/v1/endpoints/nobody/sync')).status, 404);
    assert.equal((await api.call('POST /api/v1/servers/off/sync')).status, 422);
  });
});
