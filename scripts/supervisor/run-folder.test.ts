import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { instanceId } from './instance.ts';
import { clearRunFolder, makeRunFolder } from './run-folder.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-run-'));
after(() => rmSync(folder, { recursive: true }));

describe('the folder of the sockets', () => {
  it('is run in the data folder where socket paths fit', () => {
    assert.equal(makeRunFolder(folder, instanceId(folder)), path.join(folder, 'run'));
  });

  it('of a deep data folder is a private one, the same at each start', () => {
    const deep = path.join(folder, 'd'.repeat(120));
    const first = makeRunFolder(deep, instanceId(deep));
    assert.equal(statSync(first).mode & 0o777, 0o700);
    assert.ok(path.join(first, 'decision.sock').length <= 107, first);
    assert.equal(makeRunFolder(deep, instanceId(deep)), first);
    clearRunFolder(first);
  });

  it('that somebody else has put there is refused', () => {
    const deep = path.join(folder, 'e'.repeat(120));
    const run = makeRunFolder(deep, instanceId(deep));
    clearRunFolder(run);
    symlinkSync(folder, run);
    assert.throws(() => makeRunFolder(deep, instanceId(deep)), /only this user can write/);
    rmSync(run);
  });
});
