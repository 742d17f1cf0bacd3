import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createApp } from '../app.ts';
import { openTestApi, type TestApi } from '../testing/test-api.ts';
import { PROBLEM_TYPES } from './problem-types.ts';

const SERVERS = '/api/v1/servers';
const PATH = `${SERVERS}/a`;

describe('requests to the API', () => {
  let api: TestApi;
  /** As `api.call`, with the body as it is. */
  const send = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { 'Content-Type': 'application/json' },
  ) => {
    const app = createApp(api.deps, { error: () => undefined });
    const response = await app.request(PATH, {
      method: 'PUT',
      body,
      headers: { Authorization: `Bearer ${api.owner}`, ...headers },
    });
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const { type, detail } = (await response.json()) as { type: string; detail: string };
    return { status: response.status, type, detail };
  };

  before(async () => {
    api = await openTestApi();
  });
  after(() => api.close());

  it('400 for a body that is no JSON, or that two parsers could read differently', async () => {
    for (const [body, detail] of [
      ['{"transport":', /not JSON/],
      ['{"a":1,"a":2}', /"a" twice/],
      ['{"a":1,"\\u0061":2}', /twice/],
      ['{"labels":{"x":"1","x":"2"}}', /twice/],
      ['{"__proto__":{}}', /__proto__/],
      ['['.repeat(100) + ']'.repeat(100), /levels deep/],
      [Uint8Array.of(0x22, 0xff, 0x22), /UTF-8/],
    ] as const) {
      const reply = await send(body);
      assert.equal(reply.status, 400, String(body));
      assert.equal(reply.type, '/problems/malformed-json');
      assert.match(reply.detail, detail);
    }
  });

  it('400 for a body that is no object, or absent', async () => {
    for (const body of ['[]', '"text"', '1', 'null', '']) {
      assert.equal((await send(body)).type, '/problems/invalid-request', body);
    }
  });

  it('the same name in two objects is fine', async () => {
    const env = { A: '{"a":1,"a":2} [[[' };
    const body = { transport: 'stdio', command: 'x', env, labels: { transport: 'x' } };
    assert.equal((await api.call(`PUT ${SERVERS}/strings`, { body })).status, 201);
  });

  it('413 for more than 1 MB, whether announced or not', async () => {
    assert.equal((await send(' '.repeat(1024 * 1024 + 1))).type, '/problems/body-too-large');
  });

  it('415 for another content type or a compressed body', async () => {
    for (const headers of [
      { 'Content-Type': 'text/plain' },
      { 'Content-Type': 'application/json; charset=latin1' },
      { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    ]) {
      assert.equal((await send('{}', headers)).type, '/problems/unsupported-media-type');
    }
  });

  it('404 for an unknown path, 405 with Allow for an unknown method', async () => {
    const unknown = await api.call('GET /api/v1/nonsense');
    assert.equal(unknown.status, 404);
    assert.equal(unknown.body.type, '/problems/not-found');
    const method = await api.call('PATCH /api/v1/servers/a', { body: {} });
    assert.equal(method.status, 405);
    assert.equal(method.headers.get('allow'), 'GET, PUT, DELETE');
  });

  it('400 for query parameters that are unknown, repeated or of the wrong type', async () => {
    const reply = await api.call(`GET ${SERVERS}?limit=many&sort=name&name_prefix=a&name_prefix=b`);
    assert.equal(reply.status, 400);
    const found = reply.body.errors.map(
      (error: { in: string; pointer: string }) => error.in + error.pointer,
    );
    assert.deepEqual(found.toSorted(), ['query/limit', 'query/name_prefix', 'query/sort']);
    assert.equal((await api.call(`DELETE ${PATH}?dry_run=yes`)).status, 400);
  });

  it('400 for a cursor that was altered, or comes from other filters', async () => {
    for (const name of ['c-1', 'c-2', 'c-3']) {
      const body = { transport: 'streamable-http', url: 'http://127.0.0.1:1/' };
      await api.call(`PUT ${SERVERS}/${name}`, { body });
    }
    const { body } = await api.call(`GET ${SERVERS}?limit=1&name_prefix=c`);
    const cursor: string = body.next_cursor;
    for (const query of [
      `name_prefix=c&cursor=${cursor.slice(0, -4)}AAAA`,
      `name_prefix=x&cursor=${cursor}`,
      'name_prefix=c&cursor=%00',
    ]) {
      const reply = await api.call(`GET ${SERVERS}?${query}`);
      assert.equal(reply.status, 400, query);
      assert.equal(reply.body.errors[0].pointer, '/cursor');
    }
  });

  it('names in filters are values, never SQL', async () => {
    const text = encodeURIComponent(`x'; drop table objects; --=1' or '1'='1`);
    assert.deepEqual((await api.call(`GET ${SERVERS}?label=${text}`)).body.items, []);
    assert.equal((await api.call(`GET ${SERVERS}`)).status, 200);
  });

  it('carries the request id of NGINX, never one of the client', async () => {
    const id = '0123456789abcdef0123456789abcdef';
    const ours = await api.call('GET /api/v1/servers/none', {
      headers: { 'X-Sluice-Request-Id': id },
    });
    assert.equal(ours.body.request_id, id);
    assert.equal(ours.headers.get('x-request-id'), id);
    const theirs = await api.call('GET /api/v1/servers/none', {
      headers: { 'X-Request-Id': 'mine' },
    });
    assert.notEqual(theirs.body.request_id, 'mine');
  });

  it('every type of problem has a page', async () => {
    for (const [slug, { title }] of Object.entries(PROBLEM_TYPES)) {
      const page = await api.call(`GET /problems/${slug}`, { key: null });
      assert.equal(page.status, 200);
      assert.ok(page.body.includes(title));
    }
    assert.equal((await api.call('GET /problems/constructor', { key: null })).status, 404);
  });

  it('records who changed what, from where, in which revision', async () => {
    const id = 'ffffffffffffffffffffffffffffffff';
    const headers = { 'X-Sluice-Request-Id': id, 'User-Agent': 'terraform/1.9\r\n'.trim() };
    const { body } = await api.call('PUT /api/v1/namespaces/recorded', {
      body: { members: [] },
      headers,
    });
    const change = await api.deps.db
      .selectFrom('changes')
      .selectAll()
      .where('revision', '=', body.revision)
      .executeTakeFirstOrThrow();
    const { time, diff, ...rest } = change;
    assert.deepEqual(rest, {
      revision: body.revision,
      actor: 'admin',
      action: 'create',
      kind: 'namespaces',
      name: 'recorded',
      request_id: id,
      source: 'terraform/1.9',
    });
    assert.ok(Math.abs(time - Date.now()) < 60_000);
    assert.ok(diff.includes('"after"'));
  });
});
