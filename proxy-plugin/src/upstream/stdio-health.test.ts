/** Health of stdio servers: a probe starts no child, and what is wrong with one server or list is wrong with it alone. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import {
  becomes,
  callerOf,
  eventually,
  runTestCall,
  startUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

describe('a stdio server', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('is never started only to be probed; an open child is pinged, which does not keep it', async () => {
    await using test = startUpstreams();
    const log = join(standIns.folder, 'pings');
    const server = await standIns.write(
      'quiet',
      `serve((m) => { if (m.method === 'ping') require('node:fs').appendFileSync(${JSON.stringify(log)}, '.'); reply(m.id, {}); });`,
      { probeIntervalMs: 100, idleTimeoutMs: 1_000 },
    );
    test.upstreams.configure('quiet', server);
    await becomes(test, 'quiet', 'ready');
    for (const principal of ['alice', 'bob']) {
      await runTestCall(test.upstreams, server, { ...CALL, caller: callerOf(principal) });
    }
    assert.equal(test.counts.get('starts'), 3, 'one listing and two callers');
    await eventually('both idle children ended', () => test.counts.get('idle_ended') === 2);
    const pings = await readFile(log, 'utf8');
    assert.ok(pings.length >= 2, pings);
    await eventually('no child', () => test.statuses.get('quiet')?.upstreams === 0);
    assert.deepEqual([test.counts.get('starts'), test.statuses.get('quiet')?.health], [3, 'ready']);
  });

  it('that crashed is degraded, and started once to see whether it is well', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'crashy',
      `serve((m) => { if (m.method === 'crash') process.exit(3); else text(m.id, 1); });`,
    );
    test.upstreams.configure('crashy', server);
    await becomes(test, 'crashy', 'ready');
    await runTestCall(test.upstreams, server, { method: 'crash' });
    const { lastError } = await becomes(test, 'crashy', 'degraded');
    assert.match(lastError ?? '', /exited with code 3/);
    await becomes(test, 'crashy', 'ready');
    assert.equal(test.counts.get('starts'), 3);
  });

  it('with one list that fails shows the others, says so, and is listed again', async () => {
    await using test = startUpstreams();
    const file = join(standIns.folder, 'prompts-fail');
    await writeFile(file, '');
    const server = await standIns.write(
      'halves',
      `serve((m) => {
         if (m.method !== 'prompts/list') reply(m.id, {});
         else if (require('node:fs').existsSync(${JSON.stringify(file)})) send({ jsonrpc: '2.0', id: m.id, error: { code: -32603, message: 'no prompts today' } });
         else reply(m.id, { prompts: [{ name: 'p' }] });
       }, { capabilities: { tools: {}, prompts: {} } });`,
      { probeIntervalMs: 200 },
    );
    test.upstreams.configure('halves', server);
    const { lastError, tools } = await becomes(test, 'halves', 'degraded');
    assert.match(lastError ?? '', /"halves" could not be listed: no prompts today/);
    assert.equal(tools, 1);
    const { lists } = test.published.at(-1) ?? {};
    assert.deepEqual([lists?.tools.length, lists?.prompts], [1, []]);
    await rm(file);
    await becomes(test, 'halves', 'ready');
    assert.deepEqual(test.published.at(-1)?.lists.prompts, [{ name: 'p' }]);
    await writeFile(file, '');
    await test.upstreams.sync(server);
    await becomes(test, 'halves', 'degraded');
    assert.deepEqual(test.published.at(-1)?.lists.prompts, [{ name: 'p' }], 'the former ones');
  });

  it('that hangs when it starts holds up the first listing of no other', async () => {
    await using test = startUpstreams();
    const hanging = { connectTimeoutMs: 60_000 };
    for (const name of ['mute-1', 'mute-2', 'mute-3']) {
      test.upstreams.configure(
        name,
        await standIns.write(name, 'process.stdin.resume();', hanging),
      );
    }
    test.upstreams.configure('lively', await standIns.write('lively', 'serve();'));
    await becomes(test, 'lively', 'ready');
    assert.equal(test.statuses.get('mute-1')?.health, 'starting');
  });

  it('that tells of a change while it is listed is listed again over the same child, which then ends', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'late',
      `let tools = [{ name: 'a' }];
       serve(undefined, { tools: () => {
         const found = tools;
         if (tools.length < 3) send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
         tools = [...tools, { name: 'b' + tools.length }];
         return found;
       } });`,
    );
    test.upstreams.configure('late', server);
    await eventually('the last list', () => test.published.at(-1)?.lists.tools.length === 3);
    await eventually('no child', () => test.statuses.get('late')?.upstreams === 0);
    assert.equal(test.counts.get('starts'), 1);
  });

  it('is listed by sync for the clients of each profile', async () => {
    await using test = startUpstreams();
    const file = join(standIns.folder, 'grown');
    const server = await standIns.write(
      'grows',
      `serve((m) => reply(m.id, {}), { tools: () => require('node:fs').existsSync(${JSON.stringify(file)}) ? [{ name: 'a' }, { name: 'b' }] : [{ name: 'a' }] });`,
    );
    test.upstreams.configure('grows', server);
    await becomes(test, 'grows', 'ready');
    const able = callerOf('alice', { profile: '{"roots":{}}' });
    await test.upstreams.lists(server, able);
    await writeFile(file, '');
    await test.upstreams.sync(server);
    assert.equal((await test.upstreams.lists(server, able)).tools.length, 2);
    assert.deepEqual(
      test.published.map(({ profile, lists }) => [profile, lists.tools.length]),
      [
        ['{}', 1],
        ['{"roots":{}}', 1],
        ['{}', 2],
        ['{"roots":{}}', 2],
      ],
    );
  });
});
