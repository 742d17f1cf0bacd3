/** Real stdio servers behind the upstreams. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { realServer } from './testing/real-servers.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { callerOf, eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

describe('stdio upstreams', () => {
  let folder = '';
  let standIns: StandIns;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-stdio-'));
    standIns = await createStandIns();
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await standIns[Symbol.asyncDispose]();
  });

  it('server-everything is called and listed with all it has', async () => {
    await using test = startUpstreams();
    const server = realServer('everything');
    const { reply, summary } = await runTestCall(test.upstreams, server, {
      method: 'tools/call',
      params: '{"name":"echo","arguments":{"message":"hi"}}',
      clientId: '"my-id"',
    });
    assert.deepEqual(JSON.parse(reply), {
      jsonrpc: '2.0',
      id: 'my-id',
      result: { content: [{ type: 'text', text: 'Echo: hi' }] },
    });
    assert.equal(summary?.isError, false);
    assert.equal(summary?.bytes, Buffer.byteLength(reply));

    const lists = await test.upstreams.lists(server, callerOf('alice'));
    assert.ok(lists.tools.some((tool) => tool.name === 'echo' && 'inputSchema' in tool));
    assert.ok(lists.prompts.length > 0 && lists.resources.length > 0 && lists.templates.length > 0);
    assert.ok('tools' in lists.capabilities);
    assert.match(lists.instructions ?? '', /\w/);
    assert.deepEqual(
      test.published.map(({ server, revision, profile }) => [server, revision, profile]),
      [['everything', 1, '{}']],
    );
  });

  it('server-filesystem and server-memory do real work', async () => {
    await using test = startUpstreams();
    await writeFile(join(folder, 'hello.txt'), 'hello from a file');
    const files = realServer('filesystem', {}, folder);
    const read = await runTestCall(test.upstreams, files, {
      method: 'tools/call',
      params: JSON.stringify({
        name: 'read_text_file',
        arguments: { path: join(folder, 'hello.txt') },
      }),
    });
    assert.match(read.reply, /hello from a file/);

    const memory = realServer('memory', {
      isolation: 'shared',
      env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
    });
    const entities = [{ name: 'Ada', entityType: 'person', observations: ['first'] }];
    await runTestCall(test.upstreams, memory, {
      method: 'tools/call',
      params: JSON.stringify({ name: 'create_entities', arguments: { entities } }),
    });
    assert.match(await readFile(join(folder, 'memory.jsonl'), 'utf8'), /Ada/);
  });

  it('an error of the tool, and an error of the protocol, are told from a result', async () => {
    await using test = startUpstreams();
    const server = realServer('everything');
    const badTool = await runTestCall(test.upstreams, server, {
      method: 'tools/call',
      params: '{"name":"echo","arguments":{"message":7}}',
    });
    assert.equal(badTool.summary?.isError, true);
    const badMethod = await runTestCall(test.upstreams, server, { method: 'no/such' });
    assert.equal(badMethod.summary?.isError, true);
    assert.equal(JSON.parse(badMethod.reply).error.code, -32601);
  });

  it('progress carries the token of the client, of whatever type, and ends with the reply', async () => {
    await using test = startUpstreams();
    const server = realServer('everything', { isolation: 'shared' });
    const run = (token: string, caller: string) =>
      runTestCall(test.upstreams, server, {
        method: 'tools/call',
        params: `{"name":"trigger-long-running-operation","arguments":{"duration":0.3,"steps":3},"_meta":{"progressToken":${token}}}`,
        caller: callerOf(caller),
      });
    const [first, second] = await Promise.all([run('"same"', 'alice'), run('"same"', 'bob')]);
    for (const { notifications } of [first, second]) {
      assert.deepEqual(
        notifications.map((text) => JSON.parse(text).params.progressToken),
        ['same', 'same', 'same'],
      );
    }
    const number = await run('12345', 'alice');
    assert.equal(JSON.parse(number.notifications[0] ?? '').params.progressToken, 12345);
  });

  it('arguments and results pass byte for byte', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'bytes',
      `serve((message, line) => {
        require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'line'))}, line);
        process.stdout.write('{"unknown" : [1e400, "\\\\u00e9"],"jsonrpc":"2.0","id":' + message.id +
          ',"result":{"n":12345678901234567890,"n":1.0,"x":{"id":9}}}\\n');
      });`,
    );
    const args = '{"big":12345678901234567890,"e":1E5,"esc":"\\u00e9\\/","dup":1,"dup":2}';
    const { reply } = await runTestCall(test.upstreams, server, {
      method: 'tools/call',
      params: `{"name":"any",\n"arguments":${args}}`,
      clientId: '"x\\u0041"',
    });
    assert.equal(
      reply,
      '{"unknown" : [1e400, "\\u00e9"],"jsonrpc":"2.0","id":"x\\u0041","result":{"n":12345678901234567890,"n":1.0,"x":{"id":9}}}',
    );
    const line = await readFile(join(folder, 'line'), 'utf8');
    assert.ok(line.endsWith(`"params":{"name":"any", "arguments":${args}}}`), line);
  });

  it('a cancelled call fails at once and the server is told', async () => {
    await using test = startUpstreams();
    const log = join(folder, 'cancelled');
    const server = await standIns.write(
      'cancel',
      `serve((m) => require('node:fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(m) + '\\n'), { wantsAll: true });`,
    );
    const failure = await new Promise((resolve) => {
      const running = test.upstreams.call(
        {
          server,
          caller: callerOf('alice'),
          method: 'tools/call',
          params: undefined,
          clientId: Buffer.from('5'),
        },
        { notification() {}, chunk: () => true, end: () => resolve(undefined), fail: resolve },
      );
      void eventually('the call arrived', () =>
        readFile(log, 'utf8').then(
          (text) => text.includes('tools/call'),
          () => false,
        ),
      ).then(() => running.cancel('changed my mind'));
    });
    assert.equal((failure as { reason: string }).reason, 'cancelled');
    await eventually('the server was told', async () =>
      /"notifications\/cancelled","params":\{"requestId":2,"reason":"changed my mind"\}/.test(
        await readFile(log, 'utf8'),
      ),
    );
  });
});
