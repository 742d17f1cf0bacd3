import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

interface KindCase {
  readonly kind: string;
  readonly body: Record<string, unknown>;
  /** Another valid body. */
  readonly other: Record<string, unknown>;
  /** A body with two wrong fields, and where they are. */
  readonly wrong: Record<string, unknown>;
  readonly pointers: readonly string[];
}

const KINDS: readonly KindCase[] = [
  {
    kind: 'servers',
    body: { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' },
    other: { transport: 'streamable-http', url: 'http://127.0.0.1:2/mcp' },
    wrong: { transport: 'websocket', colour: 'red' },
    pointers: ['/colour', '/transport'],
  },
  {
    kind: 'namespaces',
    body: { members: [{ server: 'base' }] },
    other: { members: [{ server: 'base', prefix: 'b' }] },
    wrong: { members: [{ server: 'Bad Name' }], separator: '///' },
    pointers: ['/members/0/server', '/separator'],
  },
  {
    kind: 'endpoints',
    body: { namespace: 'base' },
    other: { namespace: 'base', enabled: false },
    wrong: { namespace: 'base', path: 'a/b', auth: ['magic'] },
    pointers: ['/auth/0', '/path'],
  },
  {
    kind: 'keys',
    body: { endpoints: ['base'] },
    other: { endpoints: ['base'], read_only: true },
    wrong: {
      endpoints: [],
      expires_at: 'tomorrow',
      allow: ['files__read'],
      deny: ['files/file:///secret'],
    },
    pointers: ['/allow/0', '/deny/0', '/endpoints', '/expires_at'],
  },
  {
    kind: 'admin-keys',
    body: { scope: 'viewer' },
    other: { scope: 'editor' },
    wrong: { scope: 'god', endpoints: ['base'] },
    pointers: ['/endpoints', '/scope'],
  },
  {
    kind: 'limits',
    body: { per: 'key', rate: 2, period_seconds: 60 },
    other: { per: 'key', rate: 3, period_seconds: 60 },
    wrong: { per: 'planet', rate: 0, period_seconds: 60 },
    pointers: ['/per', '/rate'],
  },
];

for (const { kind, body, other, wrong, pointers } of KINDS) {
  describe(`${kind}`, () => {
    let api: TestApi;
    const path = `/api/v1/${kind}`;

    before(async () => {
      api = await openTestApi();
      const url = 'http://127.0.0.1:1/mcp';
      await api.call('PUT /api/v1/servers/base', { body: { transport: 'streamable-http', url } });
      await api.call('PUT /api/v1/namespaces/base', { body: { members: [] } });
      await api.call('PUT /api/v1/endpoints/base', { body: { namespace: 'base' } });
    });
    after(() => api.close());

    it('201 creates, and GET returns what was PUT, defaults and computed fields', async () => {
      const put = await api.call(`PUT ${path}/one`, { body });
      assert.equal(put.status, 201);
      assert.equal(put.body.applied, true);
      const get = await api.call(`GET ${path}/one`);
      assert.equal(get.status, 200);
      const { applied, ...object } = put.body;
      assert.deepEqual(get.body, object);
      for (const [field, value] of Object.entries(body)) {
        if (field !== 'members') assert.deepEqual(get.body[field], value, field);
      }
      assert.equal(get.headers.get('etag'), `"${get.body.revision}"`);
    });

    it('200 for the same body again, and the revision stays', async () => {
      const first = await api.call(`PUT ${path}/same`, { body });
      const again = await api.call(`PUT ${path}/same`, { body: { name: 'same', ...body } });
      assert.equal(again.status, 200);
      assert.deepEqual(again.body, first.body);
    });

    it('200 for a GET that is PUT back', async () => {
      await api.call(`PUT ${path}/round`, { body });
      const { body: read } = await api.call(`GET ${path}/round`);
      const again = await api.call(`PUT ${path}/round`, { body: read });
      assert.equal(again.status, 200, JSON.stringify(again.body));
      assert.equal(again.body.revision, read.revision);
    });

    it('400 names every wrong field at once, the name in the path too', async () => {
      const reply = await api.call(`PUT ${path}/Bad_Name`, { body: wrong });
      assert.equal(reply.status, 400);
      const found = reply.body.errors.map((error: { pointer: string }) => error.pointer);
      assert.deepEqual(found.toSorted(), ['/name', ...pointers].toSorted());
    });

    it('400 for a name in the body that is not the one in the path', async () => {
      const reply = await api.call(`PUT ${path}/two`, { body: { name: 'three', ...body } });
      assert.equal(reply.status, 400);
      assert.deepEqual(reply.body.errors[0].pointer, '/name');
    });

    it('404 for what is not there, to read and to delete', async () => {
      assert.equal((await api.call(`GET ${path}/nobody`)).status, 404);
      assert.equal((await api.call(`DELETE ${path}/nobody`)).status, 404);
    });

    it('412 when it changed in the meantime, by header or by revision', async () => {
      const first = await api.call(`PUT ${path}/race`, { body });
      const tag = first.headers.get('etag') ?? '';
      const second = await api.call(`PUT ${path}/race`, {
        body: other,
        headers: { 'If-Match': tag },
      });
      assert.equal(second.status, 200);
      const stale = { headers: { 'If-Match': tag } };
      assert.equal((await api.call(`PUT ${path}/race`, { body, ...stale })).status, 412);
      assert.equal((await api.call(`DELETE ${path}/race`, stale)).status, 412);
      const revision = first.body.revision;
      const sent = await api.call(`PUT ${path}/race`, { body: { ...body, revision } });
      assert.equal(sent.status, 412);
    });

    it('412 for If-None-Match: * when it exists', async () => {
      const headers = { 'If-None-Match': '*' };
      assert.equal((await api.call(`PUT ${path}/new`, { body, headers })).status, 201);
      assert.equal((await api.call(`PUT ${path}/new`, { body: other, headers })).status, 412);
    });

    it('a dry run answers as the real thing would, and changes nothing', async () => {
      const create = await api.call(`PUT ${path}/dry?dry_run=true`, { body });
      assert.equal(create.status, 201);
      assert.equal((await api.call(`GET ${path}/dry`)).status, 404);
      const { body: before } = await api.call(`PUT ${path}/dry`, { body });
      const replace = await api.call(`PUT ${path}/dry?dry_run=true`, { body: other });
      assert.equal(replace.status, 200);
      assert.equal((await api.call(`DELETE ${path}/dry?dry_run=true`)).status, 200);
      const { body: after } = await api.call(`GET ${path}/dry`);
      assert.equal(after.revision, before.revision);
    });

    it('409 for a protected one, unless forced', async () => {
      await api.call(`PUT ${path}/safe`, { body: { ...body, protected: true } });
      const refused = await api.call(`DELETE ${path}/safe`);
      assert.equal(refused.status, 409);
      assert.equal(refused.body.type, '/problems/protected');
      assert.equal((await api.call(`DELETE ${path}/safe?force=true`)).status, 200);
      assert.equal((await api.call(`GET ${path}/safe`)).status, 404);
    });

    it('lists by name, page by page, filtered by label and prefix', async () => {
      const names = ['p-a', 'p-b', 'p-c'];
      for (const name of names) {
        await api.call(`PUT ${path}/${name}`, {
          body: { ...body, labels: { team: 'x', [name]: 'y' } },
        });
      }
      const found: string[] = [];
      let cursor = '';
      do {
        const query = `limit=2&name_prefix=p-&label=team=x${cursor && `&cursor=${cursor}`}`;
        const page = await api.call(`GET ${path}?${query}`);
        assert.equal(page.status, 200);
        found.push(...page.body.items.map((item: { name: string }) => item.name));
        cursor = page.body.next_cursor ?? '';
      } while (cursor);
      assert.deepEqual(found, names);
      const one = await api.call(`GET ${path}?label=team=x&label=p-b=y`);
      assert.deepEqual(
        one.body.items.map((item: { name: string }) => item.name),
        ['p-b'],
      );
    });
  });
}
