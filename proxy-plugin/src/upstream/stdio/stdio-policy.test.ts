import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { serverOf } from '../testing/test-upstreams.ts';
import { UpstreamError } from '../upstream-error.ts';
import { createStdioPolicy } from './stdio-policy.ts';

describe('SLUICE_STDIO=allow-list', () => {
  let folder = '';
  let file = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-policy-'));
    file = join(folder, 'allow.list');
    await writeFile(
      file,
      [
        '# what the team may run',
        'npx -y @modelcontextprotocol/server-*',
        'cwd=/srv/mcp/* node server.js **',
        '["node", "/srv/my tools/*.js", "--port", "*"]',
        '["broken',
        '',
      ].join('\n'),
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const refusal = async (argv: string[], changes: Partial<ServerRuntime> = {}) => {
    const [command = '', ...args] = argv;
    const server = serverOf('tools', { command, args, ...changes });
    const failure = await createStdioPolicy('allow-list', file)
      .check(server)
      .catch((error: unknown) => error);
    if (failure === undefined) return undefined;
    assert.ok(failure instanceof UpstreamError);
    assert.equal(failure.failure.reason, 'refused_by_policy');
    assert.equal(failure.failure.notRun, true);
    return failure.message;
  };

  it('admits command lines that a line matches', async () => {
    assert.equal(await refusal(['npx', '-y', '@modelcontextprotocol/server-memory']), undefined);
    assert.equal(await refusal(['node', '/srv/my tools/a.js', '--port', '1']), undefined);
    const cwd = '/srv/mcp/one';
    assert.equal(await refusal(['node', 'server.js', '--any', 'thing'], { cwd }), undefined);
  });

  it('refuses everything else, naming the file', async () => {
    for (const argv of [
      ['sh', '-c', 'npx -y @modelcontextprotocol/server-memory'],
      ['npx', '-y', '@modelcontextprotocol/server-memory', '--require', '/tmp/evil.js'],
      ['npx', '-y'],
      ['npx', '@modelcontextprotocol/server-memory'],
      ['/tmp/npx', '-y', '@modelcontextprotocol/server-memory'],
      ['node', '/srv/my tools/a.js', '--port'],
    ]) {
      assert.match((await refusal(argv)) ?? '', new RegExp(file), argv.join(' '));
    }
  });

  it('refuses a working directory that the line does not name', async () => {
    assert.match(
      (await refusal(['node', 'server.js'], { cwd: '/tmp' })) ?? '',
      /working directory/,
    );
    const argv = ['npx', '-y', '@modelcontextprotocol/server-memory'];
    assert.match((await refusal(argv, { cwd: '/tmp' })) ?? '', /working directory/);
  });

  it('a * in a word reaches no other folder and no other source of a package', async () => {
    for (const argv of [
      ['npx', '-y', '@modelcontextprotocol/server-x@npm:evil'],
      ['npx', '-y', '@modelcontextprotocol/server-x@evil/repository'],
      ['npx', '-y', '@modelcontextprotocol/server-x@https://evil.example/x.tgz'],
      ['node', '/srv/my tools/../../tmp/evil.js', '--port', '1'],
    ]) {
      assert.match((await refusal(argv)) ?? '', new RegExp(file), argv.join(' '));
    }
    for (const cwd of ['/srv/mcp/..', '/srv/mcp/../../tmp', '/srv/mcp/one/..'])
      assert.match((await refusal(['node', 'server.js'], { cwd })) ?? '', new RegExp(file), cwd);
    assert.equal(
      await refusal(['npx', '-y', '@modelcontextprotocol/server-memory@2026.8.31']),
      undefined,
    );
  });

  it('a word that is * alone admits any one argument', async () => {
    assert.equal(
      await refusal(['node', '/srv/my tools/a.js', '--port', '127.0.0.1:1/../x']),
      undefined,
    );
  });

  for (const name of [
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'PATH',
    'npm_config_registry',
    'PYTHONPATH',
    'BASH_ENV',
    'GIT_SSH_COMMAND',
  ]) {
    it(`refuses the environment variable ${name}, naming it and not its value`, async () => {
      const argv = ['npx', '-y', '@modelcontextprotocol/server-memory'];
      const message = (await refusal(argv, { env: { [name]: 'the-value' } })) ?? '';
      assert.match(message, new RegExp(`env\\.${name}`));
      assert.doesNotMatch(message, /the-value/);
    });
  }

  it('admits harmless variables', async () => {
    const env = { MEMORY_FILE_PATH: '/x', NODE_ENV: 'production', PYTHONUNBUFFERED: '1' };
    const argv = ['npx', '-y', '@modelcontextprotocol/server-memory'];
    assert.equal(await refusal(argv, { env }), undefined);
  });

  it('sees a change of the file at the next start', async () => {
    assert.notEqual(await refusal(['uvx', 'time']), undefined);
    await writeFile(file, 'uvx *\n');
    assert.equal(await refusal(['uvx', 'time']), undefined);
  });

  it('refuses everything without the file, and with SLUICE_STDIO=off', async () => {
    const server = serverOf('tools', { command: 'node' });
    const none = createStdioPolicy('allow-list', '/nonexistent/list');
    await assert.rejects(none.check(server), /\/nonexistent\/list \(ENOENT\)/);
    await assert.rejects(createStdioPolicy('off', file).check(server), /SLUICE_STDIO=off/);
    await createStdioPolicy('any', file).check(server);
  });
});
