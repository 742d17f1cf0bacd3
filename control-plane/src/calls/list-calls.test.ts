import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { Hono } from 'hono';
import { createCursors } from '../http/cursor.ts';
import { mountRoutes } from '../http/mount-routes.ts';
import { createOnError } from '../http/on-error.ts';
import type { CallsDatabase } from './calls-database.ts';
import { getCall } from './get-call.ts';
import { listCalls } from './list-calls.ts';
import { storeCalls } from './store-calls.ts';
import { openCallsFolder, sampleCall, sampleCalls } from './testing/sample-calls.ts';

function appOf(calls: CallsDatabase): Hono {
  const app = new Hono();
  app.onError(createOnError({ error: (_, message) => assert.fail(message) }));
  const cursors = createCursors(createSecretKey(Buffer.alloc(32)));
  const deps = { calls, cursors };
  const authenticate = async () => ({ name: 'test', scope: 'viewer' }) as const;
  mountRoutes(app, { routes: [listCalls, getCall], deps, authenticate });
  return app;
}

interface Page {
  readonly items: readonly { readonly id: string; readonly sequence: number }[];
  readonly next_cursor?: string;
}

async function read(app: Hono, query: string): Promise<Page> {
  const response = await app.request(`/api/v1/calls${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Page;
}

describe('GET /api/v1/calls', () => {
  it('200 shows a call without what it does not have', async () => {
    await using calls = await openCallsFolder();
    const { key: _, upstreamMs: __, ...call } = sampleCall(1);
    await storeCalls(calls.db, [call]);
    const { items } = await read(appOf(calls.db), '');
    assert.deepEqual(items, [
      {
        id: '1',
        time: '1970-01-01T00:16:40.001Z',
        source: 'plugin.1',
        sequence: 1,
        request_id: '00000000000000000000000000000001',
        principal: 'alice',
        client_ip: '127.0.0.1',
        endpoint: 'default',
        transport: 'streamable-http',
        method: 'tools/call',
        server: 'git',
        name: 'log',
        visible_name: 'git__log',
        write: false,
        outcome: 'ok',
        http_status: 200,
        duration_ms: 12.5,
        request_bytes: 100,
        response_bytes: 2000,
        count: 1,
      },
    ]);
  });

  it('200 goes through all pages with the cursor, each record once', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 250));
    const app = appOf(calls.db);
    const first = await read(app, '?server=git');
    assert.equal(first.items.length, 100);
    const second = await read(app, `?server=git&limit=150&cursor=${first.next_cursor}`);
    assert.equal(second.next_cursor, undefined);
    const sequences = [...first.items, ...second.items].map((call) => call.sequence);
    assert.deepEqual(
      sequences,
      Array.from({ length: 250 }, (_, at) => 250 - at),
    );
  });

  it('200 filters through the query', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1), sampleCall(2, { write: true, name: 'push' })]);
    const app = appOf(calls.db);
    for (const query of ['?write=true', '?tool=git/p*', '?from=1970-01-01T01:16:40.002%2B01:00']) {
      assert.deepEqual(
        (await read(app, query)).items.map((call) => call.sequence),
        [2],
        query,
      );
    }
  });

  it('200 streams everything as lines, by parameter and by Accept', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 1_200));
    const app = appOf(calls.db);
    for (const [query, accept] of [
      ['?format=ndjson', '*/*'],
      ['', 'application/x-ndjson'],
    ] as const) {
      const response = await app.request(`/api/v1/calls${query}`, { headers: { accept } });
      assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
      const lines = (await response.text()).trimEnd().split('\n');
      assert.equal(lines.length, 1_200);
      assert.equal((JSON.parse(lines[0] ?? '') as { sequence: number }).sequence, 1_200);
    }
    const limited = await app.request('/api/v1/calls?format=ndjson&limit=3');
    assert.equal((await limited.text()).trimEnd().split('\n').length, 3);
  });

  it('reads no further than a client that goes away', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 3_000));
    const response = await appOf(calls.db).request('/api/v1/calls?format=ndjson');
    const reader = response.body?.getReader();
    assert.equal((await reader?.read())?.done, false);
    await reader?.cancel();
    assert.equal((await reader?.read())?.done, true);
  });

  it('400 names the parameter that is wrong', async () => {
    await using calls = await openCallsFolder();
    const app = appOf(calls.db);
    for (const [query, pointer] of [
      ['?from=yesterday', '/from'],
      ['?outcome=end', '/outcome'],
      ['?limit=0', '/limit'],
      ['?write=maybe', '/write'],
      ['?cursor=x', '/cursor'],
      ['?tol=x', '/tol'],
    ] as const) {
      const response = await app.request(`/api/v1/calls${query}`);
      assert.equal(response.status, 400, query);
      const problem = (await response.json()) as { errors: { pointer: string }[] };
      assert.deepEqual(
        problem.errors.map((error) => error.pointer),
        [pointer],
      );
    }
  });

  it('400 refuses a cursor under other filters', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 3));
    const app = appOf(calls.db);
    const { next_cursor } = await read(app, '?limit=1');
    const response = await app.request(`/api/v1/calls?limit=1&server=git&cursor=${next_cursor}`);
    assert.equal(response.status, 400);
  });
});

describe('GET /api/v1/calls/{id}', () => {
  it('200 shows the record, 404 says that it may have been deleted', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 2));
    const app = appOf(calls.db);
    const found = await app.request('/api/v1/calls/2');
    assert.equal(((await found.json()) as { sequence: number }).sequence, 2);
    const missing = await app.request('/api/v1/calls/3');
    assert.equal(missing.status, 404);
    assert.match(((await missing.json()) as { detail: string }).detail, /retention/);
    assert.equal((await app.request('/api/v1/calls/x')).status, 400);
  });
});
