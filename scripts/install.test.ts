import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-install-'));
after(() => rmSync(folder, { recursive: true }));

const root = path.join(folder, 'clone');
const programs = path.join(folder, 'bin');

/** Puts a program of ours before the system's. */
function standIn(name: string, script: string): void {
  writeFileSync(path.join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(programs, name), 0o755);
}

function install(...parts: string[]) {
  const { status, stdout, stderr } = spawnSync(path.join(root, 'scripts/install'), parts, {
    env: { PATH: `${programs}:/usr/bin:/bin`, HOME: folder },
    cwd: '/',
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** As `npm ci` of version 10, which installs what the lock file asks for: nothing. */
const WORKING_NPM = `case $1 in
  --version) echo 10.8.2 ;;
  ci) mkdir -p node_modules/.bin && echo '{"packages":{}}' >node_modules/.package-lock.json ;;
esac`;

beforeEach(() => {
  for (const old of [root, programs]) rmSync(old, { recursive: true, force: true });
  mkdirSync(programs);
  for (const file of ['install', 'node', 'packages-are-current.mjs']) {
    cpSync(path.join(import.meta.dirname, file), path.join(root, 'scripts', file));
  }
  writeFileSync(path.join(root, 'package-lock.json'), '{"packages":{"":{}}}');
  standIn('node', `exec ${process.execPath} "$@"`);
  standIn('npm', WORKING_NPM);
});

describe('scripts/install', () => {
  it('installs the packages once, then says and does nothing', () => {
    const first = install();
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /installing the npm packages/);
    standIn('npm', 'exit 9');
    assert.deepEqual(install(), { status: 0, stdout: '', stderr: '' });
  });

  it('installs again when the lock file asks for something else', () => {
    install();
    writeFileSync(
      path.join(root, 'package-lock.json'),
      '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}',
    );
    assert.match(install().stderr, /installing the npm packages/);
  });

  it('refuses an old npm and says which one is needed', () => {
    standIn('npm', 'echo 8.19.4');
    const { status, stderr } = install();
    assert.equal(status, 1);
    assert.match(stderr, /^sluice: npm 9 or newer is needed, this is npm 8\.19\.4/);
  });

  it('stops when npm fails, with npm’s own words', () => {
    standIn('npm', 'test "$1" = --version && echo 10.8.2 || { echo "no disk space" >&2; exit 1; }');
    const { status, stderr } = install();
    assert.equal(status, 1);
    assert.match(stderr, /no disk space\nsluice: npm ci failed in /);
  });

  it('gives anybody but root the exact line for a missing program', () => {
    standIn('id', 'echo 1000');
    const { status, stderr } = install('no-such-program');
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^sluice: no-such-program is needed\. As root: apt-get update && apt-get install -y --no-install-recommends no-such-program$/m,
    );
  });
});

it('scripts/node refuses an old Node before it meets the sources', () => {
  standIn('node', 'exit 1');
  const { status, stderr } = spawnSync(path.join(root, 'scripts/node'), ['--version'], {
    env: { PATH: `${programs}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /^sluice: Node 24 or newer is needed/);
});
