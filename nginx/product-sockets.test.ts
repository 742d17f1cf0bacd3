/** Behind NGINX nothing can be reached without it, or without a decision for just this request (threat 2). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const session = await openSession(product.pub, product.key);
const runDir = join(product.gateway.dataDir, 'run');

const INTERNAL = {
  'x-sluice-endpoint': 'pub',
  'x-sluice-route': 'mcp',
  'x-sluice-request-id': 'a'.repeat(32),
  'x-sluice-client-ip': '127.0.0.1',
};

interface SocketReply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** One request to a unix socket, past NGINX. */
function ask(socket: string, path: string, headers: Record<string, string>, body?: string) {
  return new Promise<SocketReply>((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const socketPath = join(runDir, `${socket}.sock`);
    const sent = request({ socketPath, path, method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    sent.on('error', reject).end(body);
  });
}

/** A genuine decision for a POST of `tester` to `pub`, got as NGINX gets it. */
async function genuineDecision(): Promise<string> {
  const { status, headers } = await ask('decision', '/decision', {
    ...INTERNAL,
    ...session.headers,
    'x-sluice-method': 'POST',
  });
  assert.equal(status, 204);
  return String(headers['x-sluice-decision']);
}

function askPlugin(headers: Record<string, string>) {
  const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const all = { ...INTERNAL, ...session.headers, 'content-type': 'application/json', ...headers };
  return ask('plugin', `/metamcp/${all['x-sluice-endpoint']}/mcp`, all, list);
}

it('the plugin believes a decision for the request it was taken for', async () => {
  const { status, body } = await askPlugin({ 'x-sluice-decision': await genuineDecision() });
  assert.equal(status, 200, body);
});

it('the plugin refuses a request without a decision, or with one for something else', async () => {
  const decision = await genuineDecision();
  const [claims = '', signature = ''] = decision.split('.');
  const grander = Buffer.from(
    Buffer.from(claims, 'base64url').toString().replace('tester', 'admin'),
  ).toString('base64url');
  const attempts: Readonly<Record<string, Record<string, string>>> = {
    'no decision': {},
    'an empty decision': { 'x-sluice-decision': '' },
    'an invented decision': { 'x-sluice-decision': 'e30.AAAA' },
    'another endpoint': { 'x-sluice-decision': decision, 'x-sluice-endpoint': 'priv' },
    'another route': { 'x-sluice-decision': decision, 'x-sluice-route': 'api' },
    'another request': { 'x-sluice-decision': decision, 'x-sluice-request-id': 'b'.repeat(32) },
    'other claims': { 'x-sluice-decision': `${grander}.${signature}` },
  };
  for (const [what, headers] of Object.entries(attempts)) {
    const { status, body } = await askPlugin(headers);
    assert.equal(status, 403, what);
    assert.match(body, /decision_invalid/, what);
  }
});

it('the planes listen on no port, only on sockets of our own group', () => {
  for (const name of ['decision', 'api', 'plugin', 'channel']) {
    const { mode } = statSync(join(runDir, `${name}.sock`));
    assert.equal(mode & 0o007, 0, name);
  }
  const { nginx: _, ...planes } = product.gateway.processes();
  const listening = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(listeningInodes));
  for (const pid of Object.values(planes)) {
    const folder = `/proc/${pid}/fd`;
    const own = readdirSync(folder).map((fd) => linkOf(join(folder, fd)));
    assert.deepEqual(
      own.filter((link) => listening.has(link)),
      [],
      `process ${pid}`,
    );
  }
});

/** Links as `/proc/<pid>/fd` shows them, of sockets in state LISTEN (0A). */
function listeningInodes(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A')
    .map((columns) => `socket:[${columns[9]}]`);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed in the meantime
  }
}
