import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { freePort } from '../testing/free-port.ts';
import { processesOf, startGateway } from '../testing/start-gateway.ts';
import { startSupervisor } from '../testing/supervisor-process.ts';
import { waitFor } from '../testing/wait-for.ts';
import { runningProcesses } from './running-processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-user-'));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));

const isRoot = process.getuid?.() === 0;

async function refusal(env: NodeJS.ProcessEnv): Promise<string> {
  const listen = `127.0.0.1:${await freePort()}`;
  const supervisor = startSupervisor({ SLUICE_LISTEN: listen, ...env });
  await waitFor(() => supervisor.ending() !== undefined, 'a refusal', 30_000);
  await supervisor.ended;
  return supervisor.output();
}

/** A clone in root's home can't be run by anybody else. */
function canRead(user: string): boolean {
  const sources = path.resolve(import.meta.dirname, '../../package.json');
  const reader = [
    '--reuid',
    user,
    '--clear-groups',
    'test',
    '-r',
    sources,
    '-a',
    '-x',
    process.execPath,
  ];
  return spawnSync('setpriv', reader).status === 0;
}

if (isRoot) {
  describe('SLUICE_USER as root', () => {
    it('runs everything as that user, on a data folder that is theirs', async () => {
      const env = { SLUICE_USER: 'nobody' };
      if (!canRead('nobody')) {
        assert.match(
          await refusal({ ...env, SLUICE_DATA_DIR: path.join(folder, 'a') }),
          /^sluice: SLUICE_USER: nobody can't read /m,
        );
        return;
      }
      const dataDir = path.join(folder, 'theirs');
      await using gateway = await startGateway({ dataDir, env });
      const uid = statSync(dataDir).uid;
      assert.equal(uid, Number(execFileSync('id', ['-u', 'nobody'])));
      const pids = runningProcesses()
        .filter(processesOf(dataDir))
        .map(({ pid }) => pid);
      assert.ok(pids.length >= 4);
      for (const pid of [gateway.pid, ...pids]) assert.equal(statSync(`/proc/${pid}`).uid, uid);
      assert.doesNotMatch(gateway.output(), /running as root/);
    });

    it('keeps what root compiled for the next start, which else needs 35 MB more for good', async () => {
      const cache = path.join(folder, 'cache');
      const files = () => readdirSync(cache, { recursive: true, withFileTypes: true });
      const said = await refusal({
        SLUICE_USER: 'nobody',
        SLUICE_DATA_DIR: path.join(folder, 'c'),
        NODE_COMPILE_CACHE: cache,
        PATH: '/usr/bin', // there is `id`, but no NGINX
      });
      if (!canRead('nobody')) {
        assert.match(said, /^sluice: SLUICE_USER: nobody can't read /m);
        return;
      }
      assert.match(said, /^sluice: NGINX is needed/m);
      assert.ok(files().some((file) => file.isFile()));
    });

    it('follows no link in that user’s folder while it is root', async () => {
      const dataDir = mkdtempSync(path.join(folder, 'linked-'));
      const roots = path.join(folder, 'passwd');
      writeFileSync(roots, 'root’s');
      symlinkSync(roots, path.join(dataDir, 'supervisor.pid'));
      symlinkSync(path.join(folder, 'cron'), path.join(dataDir, 'supervisor.lock'));
      execFileSync('chown', ['--no-dereference', 'nobody', dataDir]);
      const said = await refusal({ SLUICE_USER: 'nobody', SLUICE_DATA_DIR: dataDir });
      assert.match(said, /^sluice: SLUICE_/m);
      assert.equal(readFileSync(roots, 'utf8'), 'root’s');
      assert.ok(!existsSync(path.join(folder, 'cron')));
    });

    it('unset is refused on that user’s folder', async () => {
      const dataDir = mkdtempSync(path.join(folder, 'owned-'));
      execFileSync('chown', ['nobody', dataDir]);
      const said = await refusal({ SLUICE_DATA_DIR: dataDir });
      assert.match(said, /^sluice: SLUICE_DATA_DIR: .* belongs to user id \d+; .*SLUICE_USER/m);
      assert.deepEqual(readdirSync(dataDir), []);
    });

    it('is refused when there is no such user', async () => {
      const said = await refusal({
        SLUICE_USER: 'no-such-user',
        SLUICE_DATA_DIR: path.join(folder, 'b'),
      });
      assert.match(said, /^sluice: SLUICE_USER: there is no user no-such-user$/m);
    });

    it('never gives away a folder with other people’s files', async () => {
      const home = mkdtempSync(path.join(folder, 'home-'));
      writeFileSync(path.join(home, 'letter.txt'), '');
      const said = await refusal({ SLUICE_USER: 'nobody', SLUICE_DATA_DIR: home });
      assert.match(said, /^sluice: SLUICE_DATA_DIR: .* holds other files/m);
      assert.equal(statSync(home).uid, 0);
    });

    it('unset is one warning line', async () => {
      await using gateway = await startGateway();
      assert.equal([...gateway.output().matchAll(/running as root/g)].length, 1);
    });
  });
} else {
  it('SLUICE_USER is refused to everybody but root', async () => {
    assert.match(
      await refusal({ SLUICE_USER: 'nobody', SLUICE_DATA_DIR: folder }),
      /^sluice: SLUICE_USER: only root /m,
    );
  });
}
