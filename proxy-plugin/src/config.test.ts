import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, readConfig, socketPaths } from './config.ts';

describe('settings', () => {
  it('have defaults that are safe', () => {
    const config = readConfig({ SLUICE_RUN_DIR: '/run/sluice' });
    assert.equal(config.stdio, 'allow-list');
    assert.equal(config.supervised, false);
    assert.deepEqual(socketPaths(config), {
      plugin: '/run/sluice/plugin.sock',
      channel: '/run/sluice/channel.sock',
    });
  });

  it('that are wrong are all named at once', () => {
    const wrong = {
      SLUICE_RUN_DIR: 'run',
      SLUICE_STDIO: 'everything',
      SLUICE_REPLICA: 'A.B',
    };
    assert.throws(
      () => readConfig(wrong),
      (error) =>
        error instanceof ConfigError &&
        Object.entries(wrong).every(
          ([name, value]) => error.message.includes(name) && error.message.includes(`"${value}"`),
        ),
    );
    assert.throws(() => readConfig({}), /SLUICE_RUN_DIR/);
  });
});
