/** How stdio children are started: environment, references, and starts that fail. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { realServer, scriptOf } from './testing/real-servers.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';

describe('starting stdio children', () => {
  let folder = '';
  let standIns: StandIns;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-start-'));
    standIns = await createStandIns();
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await standIns[Symbol.asyncDispose]();
  });

  it('a child gets the server’s environment and its mark, and nothing of the gateway’s', async () => {
    await using test = startUpstreams({
      environment: {
        PATH: process.env.PATH,
        SLUICE_DATA_DIR: '/secret',
        DATABASE_PASSWORD: 'no',
      },
      resolveReference: (name) => (name === 'MY_TOKEN' ? 'token-value' : undefined),
    });
    const server = await standIns.write(
      'environment',
      'serve((m) => text(m.id, JSON.stringify(process.env)));',
      { env: { TOKEN: 'env:MY_TOKEN', PLAIN: 'plain' } },
    );
    const { reply } = await runTestCall(test.upstreams, server, { method: 'tools/call' });
    const environment = JSON.parse(JSON.parse(reply).result.content[0].text);
    assert.deepEqual(Object.keys(environment).sort(), [
      'PATH',
      'PLAIN',
      'SLUICE_UPSTREAM_ID',
      'TOKEN',
    ]);
    assert.equal(environment.TOKEN, 'token-value');
    assert.match(environment.SLUICE_UPSTREAM_ID, /^[0-9a-f-]{36}\.\d+\.1$/);
  });

  it('a reference that can’t be resolved fails the start, naming field and variable', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('reference', 'serve();', { env: { TOKEN: 'env:NOT_SET' } });
    const { failure } = await runTestCall(test.upstreams, server, { method: 'tools/call' });
    assert.equal(failure?.reason, 'start_failed');
    assert.match(failure?.message ?? '', /env\.TOKEN.*NOT_SET/);
  });

  it('a missing command fails the start, naming it; status says down and when the next try is', async () => {
    await using test = startUpstreams();
    const missing = serverOf('missing', { command: 'no-such-command-here' });
    const healthy = realServer('memory', { env: { MEMORY_FILE_PATH: join(folder, 'm.jsonl') } });
    test.upstreams.configure('missing', missing);
    test.upstreams.configure('memory', healthy);
    const { failure } = await runTestCall(test.upstreams, missing, { method: 'tools/call' });
    assert.deepEqual([failure?.reason, failure?.notRun], ['start_failed', true]);
    assert.match(failure?.message ?? '', /"no-such-command-here"/);
    const down = await eventually('down', () => {
      const status = test.statuses.get('missing');
      return status?.health === 'down' && status.nextTryAt !== undefined && status;
    });
    assert.match(down.lastError ?? '', /no-such-command-here/);
    await eventually(
      'the other server is ready',
      () => test.statuses.get('memory')?.health === 'ready',
    );
  });

  it('a NUL in a value fails the start without showing the value', async () => {
    await using test = startUpstreams();
    const server = realServer('everything', { env: { TOKEN: 'secret\0value' } });
    const { failure } = await runTestCall(test.upstreams, server, { method: 'tools/call' });
    assert.match(failure?.message ?? '', /NUL/);
    assert.doesNotMatch(failure?.message ?? '', /secret/);
  });

  it('a working directory that is none fails the start, naming it', async () => {
    await using test = startUpstreams();
    const server = realServer('everything', { cwd: '/no/such/folder' });
    const { failure } = await runTestCall(test.upstreams, server, { method: 'tools/call' });
    assert.match(failure?.message ?? '', /\/no\/such\/folder/);
  });

  it('a call cancelled before its server is ready fails at once and never reaches it', async () => {
    await using test = startUpstreams();
    const log = join(folder, 'never');
    const server = await standIns.write(
      'slow-start',
      `setTimeout(() => serve((m) => { require('node:fs').writeFileSync(${JSON.stringify(log)}, m.method); text(m.id, 1); }), 200);`,
    );
    const failures: unknown[] = [];
    const request = {
      server,
      caller: callerOf('alice'),
      method: 'dangerous',
      params: undefined,
      clientId: Buffer.from('1'),
    };
    const ignore = { notification() {}, chunk: () => true, end() {} };
    const running = test.upstreams.call(request, { ...ignore, fail: (f) => failures.push(f) });
    running.cancel('gone');
    running.cancel('gone');
    assert.equal(failures.length, 1);
    await runTestCall(test.upstreams, server, { method: 'harmless' });
    assert.equal(await readFile(log, 'utf8'), 'harmless');
  });

  it('no secret of a server is in a process list', async () => {
    await using test = startUpstreams();
    const server = realServer('everything', { env: { TOKEN: 'super-secret-token' } });
    await runTestCall(test.upstreams, server, { method: 'ping' });
    const pid = await eventually('a pid', () => {
      test.upstreams.configure('everything', server);
      return test.statuses.get('everything')?.pids[0];
    });
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    assert.ok(argv.includes(scriptOf('everything')) && !argv.includes('super-secret-token'));
  });
});
