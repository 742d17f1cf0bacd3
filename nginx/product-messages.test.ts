/** Hostile bodies through the whole product (threats 8 to 12). */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { send } from './testing/send.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const session = await openSession(product.pub, product.key);
beforeEach(() => {
  product.server.forget();
  product.server.onCall = undefined;
});

const json = { ...session.headers, 'content-type': 'application/json' };
const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
const good = call('{"name":"rec__echo","arguments":{"n":1}}');
const danger = call('{"name":"rec__danger","arguments":{}}');

function post(body: string | Buffer, headers: Record<string, string> = {}) {
  return send(product.port, { path: PUB, body, headers: { ...json, ...headers } });
}

/** After each attack: a good call still works, and it is the only one that reached the server. */
async function assertUnharmed(): Promise<void> {
  assert.equal(product.server.received('tools/call').length, 0, 'the attack went no further');
  const reply = await post(good);
  assert.equal(reply.status, 200);
  assert.match(reply.body, /\{\\"n\\":1\}/);
}

const utf16 = Buffer.from(`\ufeff${good}`, 'utf16le');
const REFUSED: Readonly<Record<string, string | Buffer>> = {
  'a batch of an allowed and a denied call': `[${good},${danger}]`,
  'a nested batch': `[[${good}]]`,
  'an empty batch': '[]',
  'a method that comes twice': good.replace('"id"', '"method":"tools/list","id"'),
  'a method that comes twice, once escaped': good.replace(
    '"id"',
    '"m\\u0065thod":"tools/list","id"',
  ),
  'a tool name that comes twice': call('{"name":"rec__echo","name":"rec__danger"}'),
  'a tool name that comes twice, once escaped': call(
    '{"name":"rec__echo","n\\u0061me":"rec__danger"}',
  ),
  'params that come twice': good.replace('"id"', '"params":{"name":"rec__danger"},"id"'),
  '10,000 objects inside each other': call(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
  '500,000 arrays inside each other': call(`${'['.repeat(500_000)}${']'.repeat(500_000)}`),
  'an id that is an object': good.replace('"id":1', '"id":{"__proto__":{"x":1}}'),
  'invalid UTF-8': Buffer.concat([
    Buffer.from(good.slice(0, -2)),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('}}'),
  ]),
  'a byte order mark': `\ufeff${good}`,
  'UTF-16': utf16,
  'no JSON': 'tools/call',
  'an empty body': '',
};
for (const [what, body] of Object.entries(REFUSED)) {
  it(`${what} is 400 with JSON, and everything goes on`, async () => {
    const reply = await post(body);
    assert.equal(reply.status, 400, reply.body);
    assert.match(String(reply.headers['content-type']), /^application\/json/);
    assert.ok(reply.json<{ error: unknown }>().error);
    await assertUnharmed();
  });
}

it('arguments with __proto__, huge numbers and lone surrogates pass as the same bytes', async () => {
  const odd =
    '{"__proto__":{"admin":true},"constructor":1,"big":123456789012345678901,"inf":1e400,"s":"\\ud800"}';
  assert.equal((await post(call(`{"name":"rec__echo","arguments":${odd}}`))).status, 200);
  assert.ok(product.server.received('tools/call')[0]?.body.includes(odd));
  assert.equal(({} as { admin?: boolean }).admin, undefined);
  const { status } = await post(call('{"name":"__proto__","arguments":{}}'));
  assert.equal(status, 200, 'an unknown tool, as any other');
});

it('a compressed body is refused, never unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '));
  for (const [encoding, body] of [
    ['gzip', bomb],
    ['deflate', deflateSync(good)],
  ] as const) {
    const reply = await post(body, { 'content-encoding': encoding });
    assert.ok(reply.status === 400 || reply.status === 415, `${reply.status}`);
  }
  await assertUnharmed();
});

it('a body of the wrong type is 415', async () => {
  assert.equal((await post(good, { 'content-type': 'text/plain' })).status, 415);
});

it('a compressed bomb of a server ends the call, not the gateway', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));
  product.server.onCall = (response) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    response.writeHead(200, headers).end(bomb);
  };
  const { status, body } = await post(good);
  assert.ok(status === 200 || status >= 500);
  assert.ok(body.length < 1024 * 1024, `${body.length} bytes`);
  product.server.onCall = undefined;
  product.server.forget();
  await assertUnharmed();
});
