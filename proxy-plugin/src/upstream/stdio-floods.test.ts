/** Stdio servers, and clients, that flood the gateway or do not read: memory stays bounded, others go on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { callerOf, eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

describe('floods of stdio servers', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('a line of 200 MB ends the child with too_large, with bounded memory', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'flood',
      `serve((m) => {
        const mega = 'x'.repeat(1024 * 1024);
        process.stdout.write('{"jsonrpc":"2.0","id":' + m.id + ',"result":{"text":"');
        let left = 200;
        const more = () => { while (left-- > 0) if (!process.stdout.write(mega)) return; };
        process.stdout.on('drain', more);
        more();
      });`,
    );
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    clearInterval(watch);
    assert.equal(failure?.reason, 'too_large');
    assert.ok(most - before < 120 * 1024 * 1024, `${most - before} bytes more`);
  });

  it('a flood on stderr costs neither the calls nor the memory', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'noisy',
      `const noise = 'noise '.repeat(100000);
       serve((m) => { for (let i = 0; i < 20; i += 1) process.stderr.write(noise); console.error('\\nlast line'); text(m.id, 1); });`,
    );
    test.upstreams.configure('noisy', server);
    const { summary } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(summary?.isError, false);
    const lines = await eventually('the last line', () => {
      test.upstreams.configure('noisy', { ...server, enabled: true });
      const { stderr } = test.statuses.get('noisy') ?? {};
      return stderr?.at(-1) !== undefined && stderr;
    });
    assert.ok(lines.every((line) => line.length <= 301) && lines.length <= 20);
  });

  it('a server that never reads makes calls fail, not the gateway’s memory grow', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'deaf',
      `process.stdin.once('data', (line) => {
        process.stdin.pause();
        const { id, params } = JSON.parse(line);
        reply(id, { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: 'x', version: '1' } });
        setInterval(() => {}, 1000);
      });`,
      { requestTimeoutMs: 700 },
    );
    const params = JSON.stringify({ text: 'x'.repeat(4 * 1024 * 1024) });
    const results = await Promise.all(
      Array.from({ length: 6 }, () => runTestCall(test.upstreams, server, { ...CALL, params })),
    );
    const reasons = results.map(({ failure }) => failure?.reason);
    assert.ok(reasons.includes('capacity') && reasons.includes('timeout'), reasons.join());
    const refused = results.find(({ failure }) => failure?.reason === 'capacity');
    assert.equal(refused?.failure?.notRun, true);
  });

  it('a client that does not read holds back its own reply only', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'big',
      `serve((m) => text(m.id, 'x'.repeat(m.params.size)));`,
    );
    const received: number[] = [];
    const slow = Promise.withResolvers<void>();
    const running = test.upstreams.call(
      {
        server,
        caller: callerOf('alice'),
        method: 'tools/call',
        params: Buffer.from('{"size":4000000}'),
        clientId: Buffer.from('1'),
      },
      {
        notification() {},
        chunk(bytes) {
          received.push(bytes.length);
          return false;
        },
        end: () => slow.resolve(),
        fail: (failure) => slow.reject(new Error(failure.message)),
      },
    );
    await eventually('the first piece', () => received.length === 1);
    const quick = await runTestCall(test.upstreams, server, { ...CALL, params: '{"size":10}' });
    assert.equal(quick.summary?.isError, false);
    assert.equal(received.length, 1);
    const drain = setInterval(() => running.resume(), 1);
    await slow.promise;
    clearInterval(drain);
    assert.ok(received.reduce((sum, bytes) => sum + bytes) > 4_000_000);
  });
});
