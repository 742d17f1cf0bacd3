/** Whatever a stdio child started dies with it (design invariant 11). */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

describe('trees of stdio children', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('a child that ignores SIGTERM and a grandchild with its own session die with the upstream', async () => {
    const pidFile = join(standIns.folder, 'pids');
    await writeFile(pidFile, '');
    const server = await standIns.write(
      'stubborn',
      `const { spawn } = require('node:child_process');
       process.on('SIGTERM', () => {});
       const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
       const own = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
       const same = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
       require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, [process.pid, own.pid, same.pid].join());
       setInterval(() => {}, 1000);
       serve((m) => text(m.id, 1), { staysOnEof: true });`,
    );
    {
      await using test = startUpstreams();
      await runTestCall(test.upstreams, server, CALL);
    }
    await assertGone(await readFile(pidFile, 'utf8'));
  });

  it('what a crashed child leaves behind is ended as well', async () => {
    await using test = startUpstreams();
    const pidFile = join(standIns.folder, 'left');
    const server = await standIns.write(
      'leaves',
      `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' });
       require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       serve(() => process.kill(process.pid, 'SIGKILL'));`,
    );
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.match(failure?.message ?? '', /killed by SIGKILL/);
    await assertGone(await readFile(pidFile, 'utf8'));
  });
});

async function assertGone(pids: string): Promise<void> {
  await eventually(`${pids} are gone`, () =>
    pids.split(',').every((pid) => {
      try {
        process.kill(Number(pid), 0);
        return false;
      } catch {
        return true;
      }
    }),
  );
}
