/** The README's tour, block by block, in one shell, as a newcomer would paste it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../testing/free-port.ts';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { readmeBlocks, type TourBlock } from './readme-blocks.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A bash that keeps its state from block to block; `-m` for jobs, as in a terminal. */
function openShell(cwd: string) {
  const shell = spawn('bash', ['--norc', '-m'], { cwd, detached: true });
  let output = '';
  let waiting: (() => void) | undefined;
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      waiting?.();
    });
  }
  let blocks = 0;
  return {
    /** Runs `script` in the shell; resolves with all it printed. */
    async run(script: string): Promise<string> {
      const mark = `end-of-block-${++blocks}`;
      output = '';
      shell.stdin.write(`${script}\necho ${mark}\n`);
      while (!output.includes(`${mark}\n`)) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      return output.replace(`${mark}\n`, '');
    },
    async close(): Promise<void> {
      const ended = new Promise((resolve) => shell.once('exit', resolve));
      // A failed step leaves jobs behind: all that the shell started is in its session.
      for (const pid of processesOfSession(shell.pid)) process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}

function processesOfSession(session: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        // proc_pid_stat(5): the fields after the name are state, ppid, pgrp, session.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
        return Number(fields?.[3]) === session;
      } catch {
        return false;
      }
    });
}

describe('the tour in the README', () => {
  let folder: string;
  let gateway: Gateway;
  let shell: ReturnType<typeof openShell>;
  let blocks: readonly TourBlock[];
  let rewrite: (script: string) => string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-tour-'));
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await symlink(path.join(root, 'scripts'), path.join(folder, 'scripts'));
    gateway = await startGateway({ dataDir: path.join(folder, 'var') });
    const [port, remotePort] = [new URL(gateway.url).port, String(await freePort())];
    rewrite = (script) => script.replaceAll('12008', port).replaceAll('12010', remotePort);
    blocks = await readmeBlocks(path.join(root, 'README.md'));
    shell = openShell(folder);
  });

  after(async () => {
    await shell?.close();
    await gateway?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the blocks under the heading that starts with `number`. */
  async function step(number: number): Promise<string> {
    const scripts = blocks.filter((block) => block.heading.startsWith(`${number}. `));
    assert.ok(scripts.length > 0, `the README has no step ${number}`);
    let printed = '';
    for (const { script } of scripts) printed += await shell.run(rewrite(script));
    return printed;
  }

  it('steps 1 to 3 register four servers, a namespace and an endpoint', async () => {
    await step(1);
    const printed = (await step(2)) + (await step(3));
    assert.doesNotMatch(printed, /curl: \(/);
    for (const name of ['everything', 'files', 'memory', 'remote', 'tour', 'default']) {
      assert.match(printed, new RegExp(`"name": ?"${name}"`), printed);
    }
  });

  it('step 4 issues a key whose secret is shown once', async () => {
    const printed = await step(4);
    assert.doesNotMatch(printed, /curl: \(/);
    assert.match(await shell.run('echo "$SLUICE_KEY"'), /^mm_[0-9A-Za-z]{38}\n$/);
  });

  it('step 5 lists and calls tools of all four servers with real clients, and over REST', async () => {
    const printed = await step(5);
    for (const tool of [
      'everything__echo',
      'files__read_text_file',
      'kg__read_graph',
      'remote.say',
    ]) {
      assert.ok(printed.includes(tool), `no ${tool} in:\n${printed}`);
    }
    assert.match(printed, /Echo: hello/);
    assert.match(printed, /hello from a file/);
    assert.match(printed, /\d+ tools/);
    assert.match(printed, /Echo: hello over REST/);
    assert.match(printed, /"openapi":"3\.1\.1"/);
  });

  it('step 6 refuses the third call with a text that names the limit', async () => {
    const printed = await step(6);
    assert.match(printed, /Echo: call 1[\s\S]*Echo: call 2/);
    assert.match(printed, /refused/);
    assert.match(printed, /echo-twice/);
    assert.doesNotMatch(printed, /Echo: call 3/);
  });

  it('step 7 revokes the key and the key is refused', async () => {
    assert.match(await step(7), /HTTP\/1\.1 401[\s\S]*revoked_credential/);
  });

  it('step 8 reads the calls back, the refused ones too', async () => {
    const printed = await step(8);
    assert.match(printed, /"outcome": ?"ok"/);
    assert.match(printed, /limit_exceeded/);
    assert.match(printed, /revoked_credential/);
  });

  it('step 9 cleans up', async () => {
    assert.doesNotMatch(await step(9), /No such|cannot/);
  });
});
