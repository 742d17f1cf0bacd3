/** Lists of servers: whole, as they came, kept, and fetched without a caller when a server is configured. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { callerOf, eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

describe('lists of servers', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  /** Answers with two pages per list, and with cursors that go in a circle for prompts. */
  const PAGED = `
    process.stdin.setEncoding('utf8');
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method, params } = JSON.parse(line);
      if (method === 'initialize') reply(id, { protocolVersion: '2024-11-05', capabilities: { tools: {}, prompts: {}, resources: {} }, serverInfo: { name: 'old', version: '1' }, instructions: 'be kind' });
      else if (method === 'tools/list') {
        if (params.cursor === undefined) reply(id, { tools: [{ name: 'one', 'x-unknown': [1, { y: null }], inputSchema: { $defs: {} } }, { title: 'nameless' }], nextCursor: '' });
        else reply(id, { tools: [{ name: 'two', outputSchema: { type: 'array' } }] });
      } else if (method === 'prompts/list') reply(id, { prompts: [{ name: 'p' + (params.cursor ?? '') }], nextCursor: 'again' });
      else if (id !== undefined) send({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    });
    process.stdin.on('end', () => process.exit(0));`;

  it('all pages are read, unknown fields kept, missing methods taken as empty', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('paged', PAGED);
    const lists = await test.upstreams.lists(server, callerOf('alice'));
    assert.deepEqual(lists, {
      tools: [
        { name: 'one', 'x-unknown': [1, { y: null }], inputSchema: { $defs: {} } },
        { name: 'two', outputSchema: { type: 'array' } },
      ],
      prompts: [{ name: 'p' }, { name: 'pagain' }],
      resources: [],
      templates: [],
      capabilities: { tools: {}, prompts: {}, resources: {} },
      instructions: 'be kind',
    });
  });

  it('that are cut say so in the status, with the bound and what to do', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'endless',
      `let prompts = 0;
       const many = (count, of) => Array.from({ length: count }, (_, i) => of(i));
       serve(({ id, method, params }) => {
         if (method === 'prompts/list') reply(id, { prompts: [{ name: 'p' + prompts++ }], nextCursor: String(prompts) });
         else if (method === 'resources/list') reply(id, { resources: [{ uri: 'a:' + (params.cursor ?? '') }], nextCursor: 'b' });
         else if (id !== undefined) reply(id, { resourceTemplates: many(10_000, (i) => ({ uriTemplate: 'a:' + i })) });
       }, {
         capabilities: { tools: {}, prompts: {}, resources: {} },
         tools: () => many(10_001, (i) => ({ name: 't' + i })),
       });`,
    );
    const lists = await test.upstreams.lists(server, callerOf('alice'));
    assert.deepEqual(
      [lists.tools, lists.prompts, lists.resources, lists.templates].map(({ length }) => length),
      [10_000, 100, 2, 10_000],
    );
    test.upstreams.configure('endless', server);
    const warnings = await eventually('warnings', () => test.statuses.get('endless')?.warnings);
    assert.equal(warnings.length, 3);
    assert.match(warnings[0] ?? '', /^prompts\/list: .* more than 10000 entries or 100 pages/);
    assert.match(warnings[1] ?? '', /^resources\/list: .* same cursor twice/);
    assert.match(warnings[2] ?? '', /^tools\/list: .* left out/);
  });

  it('of more than 16 MiB in all are refused with what to do, and the former lists stay', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'long-lists',
      `let long = false;
       const page = () => [{ name: 'a', description: 'x'.repeat(long ? 4 * 1024 * 1024 : 1) }];
       serve((m) => {
         if (m.method === 'prompts/list') reply(m.id, { prompts: page(), nextCursor: m.params.cursor ? undefined : '1' });
         else if (m.method === 'resources/list') reply(m.id, { resources: [], nextCursor: undefined });
         else if (m.method === 'grow') { long = true; text(m.id, 1); send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }); }
         else reply(m.id, { resourceTemplates: [...page(), ...page()].map((t) => ({ ...t, uriTemplate: 'a:b' })) });
       }, { capabilities: { tools: {}, prompts: {}, resources: {} }, tools: page });`,
      { isolation: 'shared' },
    );
    test.upstreams.configure('long-lists', server);
    const lists = await test.upstreams.lists(server, callerOf('alice'));
    assert.equal(lists.templates.length, 2);
    await runTestCall(test.upstreams, server, { method: 'grow' });
    const status = await eventually('an unlisted server', () => {
      const found = test.statuses.get('long-lists');
      return found?.health === 'degraded' && found;
    });
    assert.match(status.lastError ?? '', /"long-lists" has lists of more than 16 MiB/);
    assert.equal(await test.upstreams.lists(server, callerOf('alice')), lists);
    assert.equal(test.published.length, 1);
  });

  it('many callers at once cause one fetch; a profile of its own causes another', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('single', 'serve();');
    const profiles = ['{}', '{}', '{"roots":{}}', '{}'];
    await Promise.all(
      profiles.map((profile) => test.upstreams.lists(server, callerOf('alice', { profile }))),
    );
    assert.deepEqual(test.published.map(({ profile }) => profile).sort(), ['{"roots":{}}', '{}']);
  });

  it('a configured server is listed in the background, and its child ended again', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('eager', 'serve();');
    test.upstreams.configure('eager', server);
    const status = await eventually('listed and ended', () => {
      const found = test.statuses.get('eager');
      return found?.health === 'ready' && found.tools === 1 && found.upstreams === 0 && found;
    });
    assert.deepEqual([status.era, status.serverName], ['legacy', 'stand-in']);
    assert.equal(test.published.length, 1);
    await test.upstreams.lists(server, callerOf('alice'));
    assert.equal(test.counts.get('starts'), 1);
  });

  it('the child of a shared server is kept for its callers', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('kept', 'serve((m) => text(m.id, 1));', {
      isolation: 'shared',
    });
    await test.upstreams.sync(server);
    await test.upstreams.lists(server, callerOf('alice'));
    test.upstreams.configure('kept', server);
    await eventually('one upstream', () => test.statuses.get('kept')?.upstreams === 1);
    assert.equal(test.counts.get('starts'), 1);
  });

  it('a disabled server is not started, and says so', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('off', 'serve();', { enabled: false });
    test.upstreams.configure('off', server);
    await eventually('disabled', () => test.statuses.get('off')?.health === 'disabled');
    assert.equal(test.counts.get('starts'), undefined);
  });

  it('a server that is down at first is listed by itself once it works', async () => {
    await using test = startUpstreams();
    const file = join(standIns.folder, 'works-now');
    const server = await standIns.write(
      'later',
      `if (!require('node:fs').existsSync(${JSON.stringify(file)})) process.exit(1); serve();`,
    );
    test.upstreams.configure('later', server);
    await eventually('down', () => test.statuses.get('later')?.health === 'down');
    assert.equal(existsSync(file), false);
    await writeFile(file, '');
    await eventually('ready', () => test.statuses.get('later')?.health === 'ready');
    assert.equal(test.published.at(-1)?.server, 'later');
  });

  it('sync starts the server at once in spite of a back-off, and rejects with what is wrong', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('sync', 'process.exit(4);');
    for (let i = 0; i < 6; i += 1) {
      await assert.rejects(test.upstreams.sync(server), /exited with code 4/);
    }
    assert.equal(test.counts.get('failed_starts'), 6);
  });

  it('a long back-off refuses at once and says when the next try is', async () => {
    await using test = startUpstreams({ random: () => 0.999 });
    const server = await standIns.write('backed-off', 'process.exit(4);');
    const errors: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const failed = test.upstreams.lists(server, callerOf('alice'));
      errors.push(await failed.then(String, (error: Error) => error.message));
    }
    assert.match(errors.at(-1) ?? '', /exited with code 4.*The next try is in \d s/);
    assert.ok((test.counts.get('failed_starts') ?? 0) < 6);
  });
});
