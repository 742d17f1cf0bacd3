import assert from 'node:assert/strict';
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { openDataFolder } from './data-folder.ts';
import { handOver } from './hand-over.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-hand-over-'));
after(() => rmSync(folder, { recursive: true }));

const owner = { name: 'somebody', uid: 54_321, gid: 54_321 };
const third = 54_322;

function folderOf(uid: number, name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made);
  chownSync(made, uid, uid);
  return made;
}

function fileOf(uid: number, file: string): string {
  writeFileSync(file, '');
  chownSync(file, uid, uid);
  return file;
}

if (process.getuid?.() === 0) {
  it('a missing folder is made for its owner only, where the owner can get to', async () => {
    const dataDir = path.join(folder, 'a/b/var');
    await handOver(dataDir, owner);
    assert.equal(statSync(dataDir).uid, owner.uid);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    assert.equal(statSync(path.dirname(dataDir)).mode & 0o005, 0o005);
  });

  it('root’s folder changes hands with all of root’s files in it, and with nobody else’s', async () => {
    const dataDir = folderOf(0, 'first');
    const database = fileOf(0, path.join(dataDir, 'sluice.db'));
    const nested = fileOf(0, path.join(folderOf(0, 'first/nginx'), 'nginx.conf'));
    const foreign = fileOf(third, path.join(dataDir, 'foreign'));
    const secret = fileOf(0, path.join(folder, 'secret'));
    symlinkSync(secret, path.join(dataDir, 'link'));
    await handOver(dataDir, owner);
    for (const given of [dataDir, database, path.dirname(nested), nested])
      assert.equal(lstatSync(given).uid, owner.uid, given);
    assert.equal(statSync(foreign).uid, third);
    assert.equal(statSync(secret).uid, 0);
  });

  it('nothing in the owner’s own folder changes hands: the owner can swap it for a link', async () => {
    const dataDir = folderOf(owner.uid, 'again');
    const roots = fileOf(0, path.join(dataDir, 'sluice.db'));
    await handOver(dataDir, owner);
    assert.equal(statSync(roots).uid, 0);
  });

  it('a folder with other people’s files, or of another user, is refused', async () => {
    const home = folderOf(0, 'home');
    fileOf(0, path.join(home, 'letter.txt'));
    await assert.rejects(handOver(home, owner), /SLUICE_DATA_DIR: .* holds other files/);
    assert.equal(statSync(home).uid, 0);
    const theirs = folderOf(third, 'theirs');
    await assert.rejects(handOver(theirs, owner), /SLUICE_DATA_DIR: .* belongs to user id 54322/);
    assert.equal(statSync(theirs).uid, third);
  });

  it('root’s folder behind a link is refused: whoever made the link would choose what is given away', async () => {
    const empty = folderOf(0, 'empty');
    const link = path.join(folder, 'link-to-empty');
    symlinkSync(empty, link);
    await assert.rejects(handOver(link, owner), new RegExp(`link.* name ${empty} itself`));
    assert.equal(statSync(empty).uid, 0);
  });

  it('a folder that root’s gateway uses stays root’s', async () => {
    const dataDir = folderOf(0, 'in-use');
    using _held = openDataFolder(dataDir);
    await assert.rejects(handOver(dataDir, owner), /is in use by the gateway/);
    assert.equal(statSync(dataDir).uid, 0);
  });
}
