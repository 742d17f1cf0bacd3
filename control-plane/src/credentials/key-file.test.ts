/** Guarantees of the key files. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import { deriveKey } from './derived-key.ts';
import { createKeyDigest } from './key-digest.ts';
import { loadInstallationKeys } from './key-file.ts';
import { createSecretFile } from './secret-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the first start creates both files, 0600, and later starts read the same keys', () => {
  const first = loadInstallationKeys(folder);
  assert.deepEqual(readdirSync(folder).sort(), ['pepper.key', 'secrets.key']);
  assert.equal(statSync(join(folder, 'secrets.key')).mode & 0o777, 0o600);
  assert.equal(first.secrets.length, 32);
  assert.notDeepEqual(first.secrets, first.pepper);
  assert.deepEqual(loadInstallationKeys(folder), first);
});

it('an existing secret file is never overwritten', () => {
  const path = join(folder, 'admin.key');
  assert.equal(createSecretFile(path, 'one'), true);
  assert.equal(createSecretFile(path, 'two'), false);
  assert.deepEqual(readdirSync(folder), ['admin.key']);
});

it('a file that others can read is refused with the command that mends it', () => {
  loadInstallationKeys(folder);
  chmodSync(join(folder, 'pepper.key'), 0o640);
  assert.throws(
    () => loadInstallationKeys(folder),
    /pepper\.key is open to other users.*chmod 600/,
  );
});

it('a file of the wrong size or alphabet is refused, named, and not replaced', () => {
  const path = join(folder, 'secrets.key');
  for (const text of ['', 'AAAA', `${Buffer.alloc(31).toString('base64')}`, '!'.repeat(44)]) {
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode: 0o600 });
    assert.throws(() => loadInstallationKeys(folder), /secrets\.key does not hold a key/);
  }
});

it('each use derives its own key, the same in every start', () => {
  const { secrets } = loadInstallationKeys(folder);
  const uses = [
    deriveKey(secrets, 'decision'),
    deriveKey(secrets, 'session'),
    deriveKey(secrets, 'sealing'),
  ];
  assert.equal(new Set(uses.map((key) => key.toString('hex'))).size, 3);
  assert.deepEqual(deriveKey(secrets, 'session'), uses[1]);
});

it('a digest depends on the pepper and on every character', () => {
  const { pepper, secrets } = loadInstallationKeys(folder);
  const digest = createKeyDigest(pepper);
  assert.equal(digest('key'), digest('key'));
  assert.notEqual(digest('key'), digest('key '));
  assert.notEqual(digest('key'), createKeyDigest(secrets)('key'));
});

it('a folder that does not exist or is not writable is named in the error', () => {
  assert.throws(
    () => loadInstallationKeys(join(folder, 'missing')),
    /cannot create .*secrets\.key.*ENOENT/,
  );
});
