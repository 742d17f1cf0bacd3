/** Hostile and broken stdio servers: every call ends with a clear failure, nothing is left, others go on. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

describe('faults of stdio servers', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('a server that never answers times out, and another server is not affected', async () => {
    await using test = startUpstreams();
    const silent = await standIns.write('silent', 'serve(() => {});', { requestTimeoutMs: 400 });
    const healthy = await standIns.write('healthy', 'serve((m) => text(m.id, 1));');
    await runTestCall(test.upstreams, healthy, CALL);
    const hanging = runTestCall(test.upstreams, silent, CALL);
    const { summary } = await runTestCall(test.upstreams, healthy, CALL);
    assert.ok((summary?.upstreamMs ?? 9_999) < 300);
    const { failure } = await hanging;
    assert.deepEqual([failure?.reason, failure?.notRun], ['timeout', false]);
    assert.match(failure?.message ?? '', /"silent" did not answer within 400 ms/);
  });

  it('a server that never finishes its handshake fails the start within the connect timeout', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('mute', 'process.stdin.resume();', {
      connectTimeoutMs: 300,
    });
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure?.reason, 'unreachable');
    assert.match(failure?.message ?? '', /handshake within 300 ms/);
  });

  it('a server that hangs for good is replaced after three timeouts in a row', async () => {
    await using test = startUpstreams();
    const file = join(standIns.folder, 'hung-once');
    const server = await standIns.write(
      'hung',
      `const hung = !require('node:fs').existsSync(${JSON.stringify(file)});
       require('node:fs').writeFileSync(${JSON.stringify(file)}, '');
       serve((m) => { if (!hung) text(m.id, 1); });`,
      { requestTimeoutMs: 200 },
    );
    const reasons = [];
    for (let i = 0; i < 4; i += 1) {
      reasons.push((await runTestCall(test.upstreams, server, CALL)).failure?.reason);
    }
    assert.deepEqual(reasons, ['timeout', 'timeout', 'timeout', undefined]);
  });

  it('a server that exits in a call fails it as crashed, and is started again on demand', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'crash',
      'serve((m) => { if (m.params.die) process.exit(3); text(m.id, process.pid); });',
    );
    test.upstreams.configure('crash', server);
    await eventually('listed', () => test.statuses.get('crash')?.tools === 1);
    const before = await runTestCall(test.upstreams, server, { ...CALL, params: '{}' });
    const crash = await runTestCall(test.upstreams, server, { ...CALL, params: '{"die":true}' });
    assert.deepEqual([crash.failure?.reason, crash.failure?.notRun], ['crashed', false]);
    assert.match(crash.failure?.message ?? '', /exited with code 3/);
    await eventually('degraded', () => test.statuses.get('crash')?.health === 'degraded');
    const after = await runTestCall(test.upstreams, server, { ...CALL, params: '{}' });
    assert.ok(after.summary && after.reply !== before.reply);
    await eventually('ready', () => test.statuses.get('crash')?.health === 'ready');
  });

  it('a reply written just before the exit still arrives', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'last-words',
      `serve((m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: m.id, result: {} }) + '\\n', () => process.exit(0)));`,
    );
    const { summary } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(summary?.isError, false);
  });

  it('a server that exits at the handshake fails the start; its stderr is in the status, scrubbed', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'exits',
      `console.error('bad token ' + process.env.TOKEN); process.exit(1);`,
      { env: { TOKEN: 'very-secret-value' } },
    );
    test.upstreams.configure('exits', server);
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure?.reason, 'start_failed');
    assert.match(failure?.message ?? '', /exited with code 1/);
    const status = await eventually('down', () => {
      const found = test.statuses.get('exits');
      const isWhole = found?.nextTryAt !== undefined && found.stderr !== undefined;
      return found?.health === 'down' && isWhole && found;
    });
    assert.deepEqual(status.stderr, ['bad token ***']);
    assert.ok((status.nextTryAt ?? 0) > Date.now() - 1_000);
  });

  it('lines that are no messages are skipped and counted', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'banner',
      `console.log('Welcome!'); console.log('{ not json }'); console.log('[1]'); console.log('');
       serve((m) => { console.log('calling…'); text(m.id, 1); });`,
    );
    const { summary } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(summary?.isError, false);
    assert.equal(test.counts.get('garbage_messages'), 4);
  });

  for (const members of ['"value":1', '"result":{},"error":{"code":1,"message":"x"}']) {
    it(`a reply with ${members} fails its call, and no other`, async () => {
      await using test = startUpstreams();
      const server = await standIns.write(
        'half',
        `serve((m) => m.params.good ? text(m.id, 1) : console.log('{"id":' + m.id + ',${members}}'));`,
      );
      const { failure } = await runTestCall(test.upstreams, server, { ...CALL, params: '{}' });
      assert.equal(failure?.reason, 'garbage');
      assert.match(failure?.message ?? '', /result/);
      const good = { ...CALL, params: '{"good":true}' };
      assert.ok((await runTestCall(test.upstreams, server, good)).summary);
    });
  }

  for (const [what, line] of [
    ['the id first', `'{"jsonrpc":"2.0","id":' + m.id + ',"result":' + nested + '}'`],
    ['the id last', `'{"result":' + nested + ',"jsonrpc":"2.0","id":' + m.id + '}'`],
  ] as const) {
    it(`a reply nested 10,000 deep fails its call at once, ${what}`, async () => {
      await using test = startUpstreams();
      const server = await standIns.write(
        'deep',
        `const nested = '['.repeat(10000) + ']'.repeat(10000);
         serve((m) => m.params.deep ? console.log(${line}) : text(m.id, 1));`,
      );
      const deep = await runTestCall(test.upstreams, server, { ...CALL, params: '{"deep":true}' });
      assert.equal(deep.failure?.reason, 'garbage');
      assert.match(deep.failure?.message ?? '', /deeper than 512/);
      const { summary } = await runTestCall(test.upstreams, server, { ...CALL, params: '{}' });
      assert.equal(summary?.isError, false);
    });
  }

  it('replies with wrong ids, and replies that come twice, reach nobody and are counted', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'ids',
      `serve((m) => {
        for (const id of [999, String(m.id), -1, null, m.id + 0.5]) text(id, 'wrong');
        text(m.id, 'right');
        text(m.id, 'twice');
      });`,
    );
    const results = await Promise.all([1, 2].map(() => runTestCall(test.upstreams, server, CALL)));
    for (const { reply } of results) assert.match(reply, /right/);
    await eventually('all strays', () => test.counts.get('late_replies') === 12);
  });
});
