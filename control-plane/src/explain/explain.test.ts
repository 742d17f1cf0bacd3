import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type TestApi } from '../testing/test-api.ts';
import type { Explanation } from './explanation.ts';

const REMOTE = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' };

describe('GET /api/v1/explain', () => {
  let api: TestApi;

  async function put(path: string, body: object): Promise<void> {
    const reply = await api.call(`PUT /api/v1/${path}`, { body });
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
  }

  async function issue(name: string, more: object = {}): Promise<void> {
    const body = { name, endpoints: ['*'], ...more };
    assert.equal((await api.call('POST /api/v1/keys', { body })).status, 201);
  }

  async function explain(query: Readonly<Record<string, string>>): Promise<Explanation> {
    const reply = await api.call(`GET /api/v1/explain?${new URLSearchParams(query)}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body;
  }

  before(async () => {
    api = await openTestApi();
    await put('servers/git', REMOTE);
    await put('servers/docs', REMOTE);
    await put('servers/quiet', REMOTE);
    api.deps.lists.update('git', 1, '{}', {
      tools: ['log', 'push', 'secret', 'same'].map((name) => ({ name })),
      prompts: [{ name: 'review' }],
      resources: [{ uri: 'repo://head' }],
      templates: [],
      capabilities: {},
    });
    api.deps.lists.update('docs', 1, '{}', {
      tools: [{ name: 'find' }],
      prompts: [],
      resources: [],
      templates: [],
      capabilities: {},
    });
    const log = { name: 'repo.log', annotations: { readOnlyHint: true } };
    await put('namespaces/dev', {
      members: [
        { server: 'git', exclude: ['secret'], tools: { log } },
        { server: 'docs', include: ['nothing'] },
        { server: 'quiet' },
      ],
    });
    await put('endpoints/dev', { namespace: 'dev' });
    await put('endpoints/open', { namespace: 'dev', auth: ['none'] });
    await put('endpoints/off', { namespace: 'dev', enabled: false });
    await issue('all', { subject: 'alice' });
    await issue('reader', { read_only: true });
    await issue('logger', { allow: ['git/log'] });
    await issue('pushless', { deny: ['*/push'] });
    await issue('elsewhere', { endpoints: ['open'] });
    await issue('ended');
    await api.call('POST /api/v1/keys/ended/revoke');
  });
  after(() => api.close());

  it('follows an allowed call to its server, by original name', async () => {
    const explained = await explain({ endpoint: 'dev', key: 'all', tool: 'repo.log' });
    assert.equal(explained.decision, 'allow');
    assert.deepEqual(explained.route, {
      kind: 'tool',
      server: 'git',
      name: 'log',
      read_only: true,
    });
    assert.deepEqual(
      explained.steps.map(({ step, outcome }) => [step, outcome]),
      [
        ['access', 'pass'],
        ['route', 'pass'],
        ['rules', 'pass'],
        ['limits', 'pass'],
      ],
    );
  });

  it('refuses at the endpoint as a decision would', async () => {
    for (const [query, reason] of [
      [{ endpoint: 'dev' }, 'missing_credential'],
      [{ endpoint: 'nowhere', key: 'all' }, 'endpoint_not_found'],
      [{ endpoint: 'off', key: 'all' }, 'endpoint_disabled'],
      [{ endpoint: 'dev', key: 'elsewhere' }, 'endpoint_not_granted'],
      [{ endpoint: 'dev', key: 'ended' }, 'revoked_credential'],
    ] as const) {
      const explained = await explain(query);
      assert.deepEqual([explained.decision, explained.reason], ['deny', reason]);
      assert.equal(explained.steps.length, 1);
    }
  });

  it('names the glob that allows or denies', async () => {
    const rules = async (key: string, tool: string) => {
      const { steps } = await explain({ endpoint: 'dev', key, tool });
      return steps.find(({ step }) => step === 'rules');
    };
    assert.match((await rules('logger', 'repo.log'))?.message ?? '', /"git\/log"/);
    assert.equal((await rules('logger', 'git__push'))?.reason, 'not_granted');
    assert.match((await rules('pushless', 'git__push'))?.message ?? '', /"\*\/push"/);
    assert.equal((await rules('reader', 'git__push'))?.reason, 'read_only');
    assert.equal((await rules('reader', 'repo.log'))?.outcome, 'pass');
    assert.equal((await rules('logger', 'git+repo://head'))?.reason, 'not_granted');
  });

  it('finds prompts and resources, listed or not', async () => {
    const route = async (tool: string) =>
      (await explain({ endpoint: 'dev', key: 'all', tool })).route;
    assert.deepEqual(await route('git__review'), { kind: 'prompt', server: 'git', name: 'review' });
    for (const uri of ['repo://head', 'repo://unlisted']) {
      assert.deepEqual(await route(`git+${uri}`), { kind: 'resource', server: 'git', name: uri });
    }
  });

  it('says why a name is hidden', async () => {
    const message = async (tool: string) => {
      const explained = await explain({ endpoint: 'dev', key: 'all', tool });
      assert.equal(explained.reason, 'unknown_name');
      return explained.message;
    };
    assert.match(await message('git__secret'), /"exclude" of the member/);
    assert.match(await message('docs__find'), /"include" of the member/);
    assert.match(await message('git__log'), /has this name.*quiet/);
  });

  it('takes the only key of a principal, and asks back when there are several', async () => {
    const explained = await explain({ endpoint: 'dev', principal: 'alice' });
    assert.deepEqual([explained.key, explained.principal], ['all', 'alice']);
    await issue('second', { subject: 'alice' });
    const unclear = await api.call('GET /api/v1/explain?endpoint=dev&principal=alice');
    assert.equal(unclear.status, 422);
    assert.match(unclear.body.detail, /all, second/);
    for (const query of ['key=nobody', 'principal=nobody', 'key=reader&principal=alice']) {
      assert.equal((await api.call(`GET /api/v1/explain?endpoint=dev&${query}`)).status, 422);
    }
  });

  it('looks at no key where none is taken', async () => {
    const query = { endpoint: 'open', key: 'logger', tool: 'git__push', client_ip: '192.0.2.7' };
    const explained = await explain(query);
    assert.equal(explained.decision, 'allow');
    assert.deepEqual([explained.principal, explained.key], ['ip:192.0.2.7', undefined]);
  });

  it('shows how limits stand and charges none', async () => {
    await api.call('PUT /api/v1/limits/twice', {
      body: { unit: 'call', per: 'principal', rate: 2, period_seconds: 3600, tool: 'git/push' },
    });
    for (let round = 0; round < 5; round++) {
      const { limits } = await explain({ endpoint: 'dev', key: 'pushless', tool: 'repo.log' });
      assert.ok(!limits.some(({ limit }) => limit === 'twice'));
      const pushed = await explain({ endpoint: 'dev', key: 'all', tool: 'git__push' });
      const twice = pushed.limits.find(({ limit }) => limit === 'twice');
      assert.deepEqual([twice?.unit, twice?.mode, twice?.remaining], ['call', 'enforce', 2]);
    }
  });
});
