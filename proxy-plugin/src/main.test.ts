import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from './upstream/testing/test-upstreams.ts';

describe('the process', () => {
  let runDir: string;

  before(async () => {
    runDir = await mkdtemp(path.join(tmpdir(), 'sluice-main-'));
  });
  after(() => rm(runDir, { recursive: true, force: true }));

  /** Starts it; `output()` is all it printed. */
  function start(env: NodeJS.ProcessEnv): { child: ChildProcess; output: () => string } {
    const main = path.join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return { child, output: () => output };
  }

  for (const [how, end] of [
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['the end of its supervisor', (child: ChildProcess) => child.stdin?.end()],
  ] as const) {
    it(`ends in order on ${how}, also without a control plane`, async () => {
      const { child, output } = start({ SLUICE_RUN_DIR: runDir, SLUICE_SUPERVISED: '1' });
      await eventually('the start', () => output().includes('is ready'));
      const ended = once(child, 'exit');
      end(child);
      assert.deepEqual(await ended, [0, null], output());
    });
  }

  it('says in plain words which setting is wrong', async () => {
    const { child, output } = start({ SLUICE_RUN_DIR: 'nowhere' });
    assert.deepEqual(await once(child, 'exit'), [1, null]);
    assert.equal(output(), 'SLUICE_RUN_DIR: "nowhere" is not an absolute path\n');
  });

  it('says which folder it can not listen in', async () => {
    const missing = path.join(runDir, 'missing');
    const { child, output } = start({ SLUICE_RUN_DIR: missing });
    assert.deepEqual(await once(child, 'exit'), [1, null]);
    assert.match(output(), /the proxy plugin cannot start.*missing\/plugin\.sock/);
  });
});
