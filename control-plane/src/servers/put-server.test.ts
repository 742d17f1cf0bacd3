import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type Reply, type TestApi } from '../testing/test-api.ts';

const HTTP = { transport: 'streamable-http', url: 'https://mcp.example.com/mcp' };
const STDIO = { transport: 'stdio', command: 'node', args: ['server.js'] };

function pointers(reply: Reply): string[] {
  assert.equal(reply.status, 422, JSON.stringify(reply.body));
  return reply.body.errors.map((error: { pointer: string }) => error.pointer).toSorted();
}

describe('putServer', () => {
  let api: TestApi;
  const put = (name: string, body: unknown, key?: string) =>
    api.call(`PUT /api/v1/servers/${name}`, { body, ...(key && { key }) });

  before(async () => {
    api = await openTestApi();
  });
  after(() => api.close());

  it('422 for fields of the other transport, and for those that are missing', async () => {
    assert.deepEqual(pointers(await put('a', { transport: 'stdio', url: HTTP.url })), [
      '/command',
      '/url',
    ]);
    const body = { transport: 'streamable-http', command: 'node', env: { A: 'b' } };
    assert.deepEqual(pointers(await put('a', body)), ['/command', '/env', '/url']);
  });

  it('422 for cloud metadata services, credentials and fragments in the URL', async () => {
    for (const url of [
      'http://169.254.169.254/latest',
      'http://[fd00:ec2::254]/',
      'https://user:password@example.com/mcp',
      'https://example.com/mcp#part',
    ]) {
      assert.deepEqual(pointers(await put('a', { ...HTTP, url })), ['/url'], url);
    }
  });

  it('201 for an HTTP+SSE server, with the fields of one that has a URL', async () => {
    const sse = { ...HTTP, transport: 'sse', url: 'https://mcp.example.com/sse' };
    const secret_headers = { Authorization: 'Bearer x' };
    assert.equal((await put('old', { ...sse, secret_headers })).status, 201);
    assert.deepEqual(
      pointers(await put('a', { transport: 'sse', command: 'node', memory_limit_mib: 64 })),
      ['/command', '/memory_limit_mib', '/url'],
    );
  });

  it('422 for a total timeout below the one without progress', async () => {
    const timeouts = { request_timeout_ms: 5_000, total_timeout_ms: 4_999 };
    assert.deepEqual(pointers(await put('a', { ...HTTP, ...timeouts })), ['/total_timeout_ms']);
  });

  it('422 for references to settings of the gateway, not for those to secrets', async () => {
    const env = {
      A: 'env:SLUICE_DATA_DIR',
      B: 'env:SLUICE_SECRET_B',
      C: 'env:TOKEN',
      D: 'env:a b',
    };
    assert.deepEqual(pointers(await put('a', { ...STDIO, env })), ['/env/A', '/env/D']);
  });

  it('422 for headers that the gateway sets, forwards of credentials, secrets in the clear', async () => {
    const reply = await put('a', {
      ...HTTP,
      headers: { Authorization: 'Bearer x', Host: 'a', 'X-Tenant': 'b' },
      forward_headers: [
        'X-Request-Source',
        'Cookie',
        'x_api_key',
        'X-Forwarded-For',
        'X-Sluice-Route',
      ],
    });
    assert.deepEqual(pointers(reply), [
      '/forward_headers/1',
      '/forward_headers/2',
      '/forward_headers/3',
      '/forward_headers/4',
      '/headers/Authorization',
      '/headers/Host',
    ]);
    const headers = { Authorization: 'env:SLUICE_SECRET_TOKEN' };
    assert.equal((await put('reference', { ...HTTP, headers })).status, 201);
  });

  it('422 for a secret in the arguments, unless asked for; then the status says so', async () => {
    const body = {
      ...STDIO,
      args: ['--token=secret:TOKEN'],
      secret_env: { TOKEN: 'canary-in-args' },
    };
    assert.deepEqual(pointers(await put('a', body)), ['/args/0']);
    const { body: server } = await put('args', { ...body, secret_in_args: true });
    assert.match(server.status.warnings[0], /^secret_in_args/);
    assert.deepEqual(server.args, ['--token=secret:TOKEN']);
  });

  it('shows names of secrets only; keeps, replaces and removes them as told', async () => {
    const first = await put('secrets', {
      ...HTTP,
      secret_headers: { Authorization: 'one', 'X-B': 'b' },
    });
    assert.deepEqual(first.body.secret_headers_set, ['Authorization', 'X-B']);
    assert.equal(first.body.secret_headers, undefined);
    const kept = await put('secrets', HTTP);
    assert.equal(kept.body.revision, first.body.revision);
    const same = await put('secrets', { ...HTTP, secret_headers: { Authorization: 'one' } });
    assert.equal(same.body.revision, first.body.revision);
    const changed = await put('secrets', {
      ...HTTP,
      secret_headers: { Authorization: 'two', 'X-B': null },
    });
    assert.deepEqual(changed.body.secret_headers_set, ['Authorization']);
    const policy = await api.deps.policy.full(api.deps.db);
    assert.equal(policy.servers?.secrets?.headers.Authorization, 'two');
  });

  it('422 when stored secrets would go to another host or command', async () => {
    await put('repoint', { ...HTTP, secret_headers: { Authorization: 'upstream-token' } });
    const elsewhere = { ...HTTP, url: 'https://evil.example.net/mcp' };
    assert.deepEqual(pointers(await put('repoint', elsewhere)), ['/secret_headers/Authorization']);
    const path = { ...HTTP, url: 'https://mcp.example.com/v2' };
    assert.equal((await put('repoint', path)).status, 200);
    const resent = { ...elsewhere, secret_headers: { Authorization: 'upstream-token' } };
    assert.equal((await put('repoint', resent)).status, 200);
    await put('command', { ...STDIO, secret_env: { TOKEN: 't' } });
    const other = { ...STDIO, command: 'sh' };
    assert.deepEqual(pointers(await put('command', other)), ['/secret_env/TOKEN']);
    assert.equal((await put('command', { ...other, secret_env: { TOKEN: null } })).status, 200);
  });

  it('403 for a command by an editor, who may change what does not run', async () => {
    const editor = await api.adminKey('editor');
    assert.equal((await put('cmd', STDIO, editor)).status, 403);
    assert.equal((await put('cmd', STDIO)).status, 201);
    assert.equal((await put('cmd', { ...STDIO, labels: { a: 'b' } }, editor)).status, 200);
    assert.equal((await put('cmd', { ...STDIO, args: ['evil.js'] }, editor)).status, 403);
    assert.equal((await put('web', HTTP, editor)).status, 201);
  });

  it('retires upstreams only when something about reaching the server changed', async () => {
    const generation = async () =>
      (await api.deps.policy.full(api.deps.db)).servers?.quiet?.revision;
    await put('quiet', HTTP);
    const first = await generation();
    await put('quiet', {
      ...HTTP,
      labels: { team: 'x' },
      description: 'y',
      trust_annotations: true,
    });
    assert.equal(await generation(), first);
    await put('quiet', { ...HTTP, request_timeout_ms: 1000 });
    assert.notEqual(await generation(), first);
  });

  it('leaves no secret in the database, the change records or any reply', async () => {
    const canary = 'canary-7f3a9c';
    const body = { ...HTTP, secret_headers: { Authorization: `Bearer ${canary}` } };
    const replies = [
      await put('canary', body),
      await api.call('GET /api/v1/servers/canary'),
      await put('canary', { ...body, url: 'nonsense' }),
      await api.call('DELETE /api/v1/servers/canary?dry_run=true'),
    ];
    assert.ok(!JSON.stringify(replies).includes(canary));
    for (const file of ['sluice.db', 'sluice.db-wal']) {
      assert.ok(!(await readFile(join(api.dataDir, file))).includes(canary), file);
    }
    const changes = await api.deps.db.selectFrom('changes').selectAll().execute();
    assert.ok(!JSON.stringify(changes).includes(canary));
    const change = changes.find(({ name }) => name === 'canary');
    assert.match(change?.diff ?? '', /"pointer":"\/secret_headers\/Authorization","after":"set"/);
  });
});

describe('putServer with SLUICE_STDIO=off', () => {
  it('422 for a command', async () => {
    const api = await openTestApi({ stdio: 'off' });
    assert.deepEqual(pointers(await api.call('PUT /api/v1/servers/a', { body: STDIO })), [
      '/transport',
    ]);
    await api.close();
  });
});
