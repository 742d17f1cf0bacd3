/** Stdio children that use more memory than they may are ended, and nobody else is. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { createMemoryWatch } from './stdio/memory-watch.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

const MIB = 1024 * 1024;
const CALL = { method: 'tools/call', params: '{}' };

describe('the memory limit of a server', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('ends a child for what its detached grandchild uses, says so, and leaves others alone', async () => {
    await using test = startUpstreams({ memoryWatch: createMemoryWatch(100) });
    const limit = { memoryLimitBytes: 256 * MIB };
    const hungry = await standIns.write(
      'hungry',
      `const grow = "const all = []; setInterval(() => { if (all.length < 40) all.push(Buffer.alloc(16 * 1024 * 1024, 1)); }, 10)";
       serve((m) => {
         if (!m.params.eat) return text(m.id, process.pid);
         require('node:child_process').spawn(process.execPath, ['-e', grow], { detached: true, stdio: 'ignore' });
       });`,
      limit,
    );
    const modest = await standIns.write('modest', 'serve((m) => text(m.id, process.pid));', limit);
    for (const server of [hungry, modest]) test.upstreams.configure(server.name, server);
    const modestPid = async () => (await runTestCall(test.upstreams, modest, CALL)).reply;
    const before = await modestPid();
    const eat = { ...CALL, params: '{"eat":true}' };
    const { failure } = await runTestCall(test.upstreams, hungry, eat);
    assert.deepEqual([failure?.reason, failure?.notRun], ['crashed', false]);
    assert.match(
      failure?.message ?? '',
      /used \d+ MiB of memory, more than its `memory_limit_mib` of 256/,
    );
    assert.deepEqual(test.warnings, [failure?.message]);
    await eventually(
      'its status',
      () => test.statuses.get('hungry')?.lastError === failure?.message,
    );
    assert.equal(await modestPid(), before);
    assert.ok((await runTestCall(test.upstreams, hungry, CALL)).summary);
  });

  it('apart, the kernel ends a child before the gateway when the machine has no memory left', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('any', 'serve((m) => text(m.id, process.pid));');
    const { reply } = await runTestCall(test.upstreams, server, CALL);
    const pid = JSON.parse(reply).result.content[0].text;
    await eventually('its score', async () => {
      const score = Number(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8'));
      const own = Number(await readFile('/proc/self/oom_score_adj', 'utf8'));
      return score === Math.min(own + 800, 1_000);
    });
  });
});
