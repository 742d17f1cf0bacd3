/** Canary secrets driven through success and failure paths, then searched for everywhere. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { openSession, post } from './mcp-session.ts';
import { issueKey, put, stdioServer } from './provision.ts';

const CANARY_ENV = 'canary-env-7f3a9c51d2';
const CANARY_HEADER = 'canary-header-0b8e64aa97';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => statSync(file).isFile());
}

function commandLines(): string {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .join('\n');
}

describe('secrets', () => {
  let gateway: Gateway;
  let key: string;
  const replies: string[] = [];

  before(async () => {
    gateway = await startGateway();
    await put(gateway, 'servers/works', {
      ...stdioServer('everything'),
      secret_env: { TOKEN: CANARY_ENV },
    });
    await put(gateway, 'servers/fails', {
      transport: 'stdio',
      command: process.execPath,
      args: ['-e', 'console.error("token is", process.env.TOKEN); process.exit(3)'],
      secret_env: { TOKEN: CANARY_ENV },
    });
    await put(gateway, 'servers/unreachable', {
      transport: 'streamable-http',
      url: 'http://127.0.0.1:9/mcp',
      secret_headers: { authorization: `Bearer ${CANARY_HEADER}` },
    });
    const members = ['works', 'fails', 'unreachable'].map((server) => ({ server }));
    await put(gateway, 'namespaces/main', { members });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
    key = await issueKey(gateway, 'canary');
    const url = `${gateway.url}/metamcp/default/mcp`;
    const session = await openSession(url, key);
    replies.push(JSON.stringify((await session.request('tools/list')).body));
    replies.push(JSON.stringify((await session.callTool('works__echo', { message: 'x' })).body));
    replies.push(JSON.stringify((await session.callTool('fails__any')).body));
    replies.push(JSON.stringify(await post(`${url}?api_key=${key}`, { jsonrpc: '2.0' })));
    await waitFor(async () => {
      const reply = await gateway.api('GET', '/api/v1/servers/fails');
      return JSON.stringify(reply.body).includes('"down"');
    }, 'the failing server to be down');
    for (const resource of ['servers', 'keys', 'admin-keys', 'changes', 'calls']) {
      replies.push(JSON.stringify((await gateway.api('GET', `/api/v1/${resource}`)).body));
    }
    replies.push(JSON.stringify((await gateway.api('GET', '/metrics')).body));
  });
  after(() => gateway?.stop());

  it('are in no answer, status, record or metric', () => {
    for (const reply of replies) {
      for (const secret of [CANARY_ENV, CANARY_HEADER, gateway.adminKey]) {
        assert.ok(!reply.includes(secret), reply);
      }
    }
    assert.ok(!replies.join('').includes(key));
  });

  it('are in no log and in no file but the admin key in its own', () => {
    const secrets = [CANARY_ENV, CANARY_HEADER, key, gateway.adminKey];
    for (const secret of secrets) assert.ok(!gateway.output().includes(secret));
    for (const file of filesBelow(gateway.dataDir)) {
      if (path.basename(file) === 'admin.key') continue;
      const content = readFileSync(file, 'latin1');
      for (const secret of secrets)
        assert.ok(!content.includes(secret), `${secret.slice(0, 9)}… in ${file}`);
    }
  });

  it('are in no process list', () => {
    const lines = commandLines();
    for (const secret of [CANARY_ENV, CANARY_HEADER, key, gateway.adminKey]) {
      assert.ok(!lines.includes(secret));
    }
  });
});
