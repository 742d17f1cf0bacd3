import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { openDataFolder } from './data-folder.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-folder-'));
after(() => rmSync(folder, { recursive: true }));

/** A process that opens `dataDir` and holds it until it is killed. */
async function holderOf(dataDir: string) {
  const code = `import { openDataFolder } from ${JSON.stringify(path.join(import.meta.dirname, 'data-folder.ts'))};
    globalThis.folder = openDataFolder(${JSON.stringify(dataDir)}); console.log('open'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

describe('the data folder', () => {
  it('is made with its parents, for its owner only', () => {
    const dataDir = path.join(folder, 'a/b');
    using opened = openDataFolder(dataDir);
    assert.equal(opened.path, dataDir);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  });

  it('is refused to a second process with the first one’s id, and taken over after kill -9', async () => {
    const dataDir = path.join(folder, 'held');
    const holder = await holderOf(dataDir);
    assert.throws(
      () => openDataFolder(dataDir),
      new RegExp(`^StartError: SLUICE_DATA_DIR: .*${dataDir}.* process id ${holder.pid};`),
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    openDataFolder(dataDir)[Symbol.dispose]();
  });

  it('can be opened again once it is closed', () => {
    const dataDir = path.join(folder, 'twice');
    openDataFolder(dataDir)[Symbol.dispose]();
    openDataFolder(dataDir)[Symbol.dispose]();
  });

  it('that can’t be made is refused with the setting, the folder and the reason', () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    assert.throws(
      () => openDataFolder(path.join(file, 'var')),
      /SLUICE_DATA_DIR: can't write to .*a-file\/var: not a directory/,
    );
  });
});
