/** Credentials in every form, and where they never turn up (threats 17, 19 and 32). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, it } from 'node:test';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { issueKey, put } from '../scripts/end-to-end/provision.ts';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { send } from './testing/send.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port, key, server } = product;
const other = await issueKey(gateway, 'other', { endpoints: ['pub'] });

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  },
});

async function ask(headers: Record<string, string>, path = PUB) {
  const all = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const reply = await send(port, { path, headers: { ...all, ...headers }, body: initialize });
  const reason = /"reason":"(\w+)"/.exec(reply.body)?.[1];
  return { status: reply.status, reason, reply };
}

const FORMS: Readonly<
  Record<string, [number, string | undefined, Record<string, string>, string?]>
> = {
  'a bearer token': [200, undefined, { authorization: `Bearer ${key}` }],
  'a bearer token in lower case, with spaces': [
    200,
    undefined,
    { authorization: `bearer   ${key}  ` },
  ],
  'an X-API-Key': [200, undefined, { 'x-api-key': key }],
  'the same key twice': [200, undefined, { authorization: `Bearer ${key}`, 'x-api-key': key }],
  'two different keys': [
    400,
    'conflicting_credentials',
    { authorization: `Bearer ${key}`, 'x-api-key': other },
  ],
  'a bearer token with a comma': [401, 'invalid_credential', { authorization: `Bearer ${key},` }],
  'a bearer token and more': [401, 'invalid_credential', { authorization: `Bearer ${key} x` }],
  'an empty bearer token': [401, undefined, { authorization: 'Bearer ' }],
  'a key with one more character': [401, 'invalid_credential', { 'x-api-key': `${key}0` }],
  'a key in upper case': [401, 'invalid_credential', { 'x-api-key': key.toUpperCase() }],
  'HTTP basic': [401, undefined, { authorization: `Basic ${btoa(`${key}:`)}` }],
  'a cookie': [401, 'missing_credential', { cookie: `api_key=${key}` }],
  nothing: [401, 'missing_credential', {}],
  'a key in the query': [400, 'query_credential_refused', {}, `${PUB}?api_key=${key}`],
};
for (const [what, [status, reason, headers, path]] of Object.entries(FORMS)) {
  it(`${what} is ${status}${reason ? `, ${reason}` : ''}`, async () => {
    const got = await ask(headers, path);
    assert.equal(got.status, status, got.reply.body);
    if (reason) assert.equal(got.reason, reason);
    if (status === 401) assert.match(String(got.reply.headers['www-authenticate']), /^Bearer /);
    for (const secret of [key, other]) assert.ok(!got.reply.body.includes(secret));
  });
}

it('a line feed in a credential is refused by NGINX or is another header', async () => {
  const head = `POST ${PUB} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n`;
  const reply = await exchangeBytes(port, `${head}Authorization: Bearer ${key}\n x\r\n\r\n`);
  assert.ok([400, 401].includes(statusesIn(reply)[0] ?? 0), reply);
});

it('a client credential never reaches a server, nor does the query or a cookie', async () => {
  const session = await openSession(product.pub, key);
  const headers = {
    ...session.headers,
    'content-type': 'application/json',
    'x-api-key': key,
    cookie: `a=${key}`,
    'proxy-authorization': `Basic ${key}`,
    'x-forwarded-user': 'root',
  };
  const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rec__echo"}}';
  assert.equal((await send(port, { path: PUB, headers, body: call })).status, 200);
  assert.ok(server.received('tools/call').length > 0);
  const text = JSON.stringify(server.received());
  assert.ok(!text.includes(key));
  assert.doesNotMatch(text, /x-sluice|"cookie"|x-api-key|proxy-authorization|x-forwarded/i);
});

it("a server's 401 is no 401 for the client, and its challenge stays inside", async () => {
  const session = await openSession(product.pub, key);
  server.onCall = (response) => {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="canary-upstream"' }).end();
  };
  const { status, headers, body } = await session.callTool('rec__echo');
  server.onCall = undefined;
  assert.notEqual(status, 401);
  assert.equal(headers.get('www-authenticate'), null);
  assert.ok(!JSON.stringify(body).includes('canary-upstream'));
});

it('a key that was refused a moment ago works at once when it is created', async () => {
  const secret = `imported-${crypto.randomUUID()}`;
  assert.equal((await ask({ 'x-api-key': secret })).status, 401);
  await put(gateway, 'keys/imported', { endpoints: ['pub'], secret });
  assert.equal((await ask({ 'x-api-key': secret })).status, 200);
});

it('thousands of random keys cost no memory, few records, and good keys still pass', async () => {
  const controlPlane = gateway.processes()['control-plane'] ?? 0;
  const before = await residentKb(controlPlane);
  const statuses = new Set<number>();
  for (let round = 0; round < 150; round += 1) {
    const burst = Array.from({ length: 20 }, () => ask({ 'x-api-key': crypto.randomUUID() }));
    for (const { status } of await Promise.all(burst)) statuses.add(status);
  }
  assert.deepEqual(
    [...statuses].filter((status) => ![401, 429, 503].includes(status)),
    [],
  );
  assert.equal((await ask({ 'x-api-key': key })).status, 200);
  assert.ok((await residentKb(controlPlane)) - before < 100_000, 'less than 100 MB more');
  const { body } = await gateway.api('GET', '/api/v1/calls?outcome=denied&limit=500');
  const records = (body as { items: readonly unknown[] }).items.length;
  assert.ok(records < 200, `${records} records of 3,000 refusals`);
});

async function residentKb(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
