/** Log levels: every session hears what it asked for, whoever shares the upstream. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isHeard, type LogLevel, UpstreamLogLevel } from './log-level.ts';

function start() {
  const set: LogLevel[] = [];
  const upstream = new UpstreamLogLevel(async (level) => void set.push(level));
  return { upstream, set };
}

it('an upstream is as verbose as its most curious session, and no longer than that one lives', () => {
  const { upstream, set } = start();
  void upstream.want('a', 'error');
  void upstream.want('b', 'debug');
  void upstream.want('a', 'warning');
  upstream.forget('b');
  assert.deepEqual(set, ['error', 'debug', 'warning']);
});

it('a server that nobody wants anything of logs as it likes', () => {
  const { upstream, set } = start();
  assert.equal(upstream.want('a', undefined), undefined);
  assert.deepEqual(set, []);
});

it('a session that set no level is not silenced by one that wants little', () => {
  const { upstream, set } = start();
  void upstream.want('a', undefined);
  void upstream.want('b', 'emergency');
  assert.deepEqual(set, ['info']);
});

it('a level that is set already is not set again', () => {
  const { upstream, set } = start();
  void upstream.want('a', 'debug');
  assert.equal(upstream.want('a', 'debug'), undefined);
  assert.equal(upstream.want('b', 'error'), undefined);
  assert.deepEqual(set, ['debug']);
});

it('a session hears its level and what is graver', () => {
  assert.deepEqual(
    ['debug', 'warning', 'emergency', 'unheard of'].map((level) => isHeard(level, 'warning')),
    [false, true, true, true],
  );
  assert.equal(isHeard('debug', undefined), true);
});
