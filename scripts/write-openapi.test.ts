import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');

it('the committed document is the one that the routes describe', () => {
  const script = path.join(root, 'scripts/write-openapi.ts');
  const run = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
});

it('the committed document passes the linter', () => {
  const redocly = path.join(root, 'node_modules/.bin/redocly');
  const run = spawnSync(redocly, ['lint', 'openapi/openapi.json'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});
