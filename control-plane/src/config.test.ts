/** Guarantees about the environment of the control plane. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readConfig } from './config.ts';

const FOLDERS = { SLUICE_DATA_DIR: '/data', SLUICE_RUN_DIR: '/run/s' };

it('two folders are enough, the rest has defaults', () => {
  const config = readConfig(FOLDERS);
  assert.equal(config.publicUrl, 'http://127.0.0.1:12008');
  assert.deepEqual(
    [config.stdio, config.logLevel, config.limitHeaders],
    ['allow-list', 'info', []],
  );
  assert.equal(config.supervised, false);
});

it('values are read in the form that the rest of the code uses', () => {
  const config = readConfig({
    ...FOLDERS,
    SLUICE_PUBLIC_URL: 'https://MCP.example.com/',
    SLUICE_LIMIT_HEADERS: 'X-Team, x-Tenant',
    SLUICE_CALLS_MAX_AGE_DAYS: '7',
    SLUICE_SUPERVISED: '1',
  });
  assert.equal(config.publicUrl, 'https://mcp.example.com');
  assert.deepEqual(config.limitHeaders, ['x-team', 'x-tenant']);
  assert.deepEqual([config.callsMaxAgeDays, config.supervised], [7, true]);
});

it('every wrong setting is named, all in one message', () => {
  const wrong = {
    SLUICE_DATA_DIR: 'relative',
    SLUICE_PUBLIC_URL: 'https://example.com/path',
    SLUICE_STDIO: 'maybe',
    SLUICE_LIMIT_HEADERS: 'x team, Authorization',
    SLUICE_CALLS_MAX_MB: '-1',
    SLUICE_LOG_LEVEL: 'loud',
  };
  assert.throws(
    () => readConfig(wrong),
    (error: Error) => {
      for (const name of [...Object.keys(wrong), 'SLUICE_RUN_DIR'])
        assert.match(error.message, new RegExp(name));
      assert.match(error.message, /"x team" is not a header name/);
      return true;
    },
  );
});
