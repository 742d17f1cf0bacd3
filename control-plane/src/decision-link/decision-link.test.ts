/** Guarantees of the port between the two threads, with both of its ends. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { CallRecord } from '@sluice/contract/call-record';
import { createDecisionLink } from './create-decision-link.ts';
import type { DecisionEvents, DecisionLink } from './decision-link.ts';
import { serveDecisionLink } from './serve-decision-link.ts';
import { createStorageLink, type StorageLink } from './storage-link.ts';

const record: CallRecord = {
  source: 's',
  sequence: 1,
  time: 0,
  requestId: 'r',
  principal: 'p',
  clientIp: '192.0.2.1',
  endpoint: 'dev',
  method: 'tools/call',
  write: true,
  outcome: 'ok',
  httpStatus: 200,
  durationMs: 1,
  requestBytes: 1,
  responseBytes: 1,
  count: 1,
};

const NOTHING = { prompts: [], resources: [], templates: [], capabilities: {} };
const KNOWN = ['a', 'b'].map((server) => ({
  server,
  revision: 1,
  profile: '{}',
  lists: { tools: [{ name: server }], ...NOTHING },
}));

let channel: MessageChannel;
let link: DecisionLink;
let storage: StorageLink;
let heard: unknown[];
let known: unknown[];

beforeEach(() => {
  channel = new MessageChannel();
  heard = [];
  known = [];
  const events: DecisionEvents = {
    async storeCalls(records) {
      heard.push(records);
    },
    lists: (...lists) => heard.push(lists),
    status: (servers) => heard.push(servers),
    knownLists: () => KNOWN,
    unreadable: (type) => heard.push(`unreadable ${type}`),
    keysUsed: (lastUsed) => heard.push(lastUsed),
    async stop() {
      heard.push('stop');
    },
  };
  storage = createStorageLink(channel.port1);
  serveDecisionLink(channel.port1, {
    publish: async ({ version }) => ({ applied: version === 1 }),
    async syncServer(server) {
      throw new Error(`no sidecar for ${server}`);
    },
    async toolsListed(tools) {
      known.push(tools);
    },
    limitStandings: async ({ principal }) => [
      { limit: principal, unit: 'call', mode: 'enforce', remaining: 1, retryAfterSeconds: 0 },
    ],
    metrics: async () => ({ one: 1 }),
    readySidecars: async () => 2,
  });
  link = createDecisionLink(channel.port2, events);
});
afterEach(() => channel.port1.close());

it('each question gets its own answer, also when many are under way', async () => {
  const answers = await Promise.all([
    link.publish({ version: 1, full: false }),
    link.publish({ version: 2, full: false }),
    link.readySidecars(),
    link.metrics(),
    link.limitStandings({ endpoint: 'dev', principal: 'alice' }),
  ]);
  assert.deepEqual(answers.slice(0, 4), [{ applied: true }, { applied: false }, 2, { one: 1 }]);
  assert.deepEqual(answers[4], [
    { limit: 'alice', unit: 'call', mode: 'enforce', remaining: 1, retryAfterSeconds: 0 },
  ]);
});

it('a rejection arrives with its message', async () => {
  await assert.rejects(link.syncServer('github'), /no sidecar for github/);
});

it('calls resolve with their batch once they are committed, and neighbours in memory stay intact', async () => {
  const bytes = Buffer.from(`xx${JSON.stringify({ batch: 9, records: [record] })}yy`);
  assert.equal(await storage.storeCalls(bytes.subarray(2, -2)), 9);
  assert.deepEqual(heard, [[record]]);
  assert.equal(bytes.length > 0 && bytes.subarray(-2).toString(), 'yy');
});

it('a message that is not what it should be is dropped and told, and the next one is taken', async () => {
  const wrong = { ...record, sequence: 'first' };
  const payload = Buffer.from(JSON.stringify({ batch: 3, records: [record, wrong] }));
  assert.equal(await storage.storeCalls(payload), 3);
  assert.equal(await storage.storeCalls(Buffer.from('{')), undefined);
  for (const text of ['{', '{}', 'null', '{"servers":[{}]}', '{"server":"a","lists":{}}']) {
    storage.lists(Buffer.from(text));
    storage.status(Buffer.from(text));
  }
  storage.storeDenials([record]);
  await storage.stop();
  assert.deepEqual(heard.slice(0, 2), ['unreadable calls', 'unreadable calls']);
  assert.equal(heard.filter((one) => one === 'unreadable lists').length, 5);
  assert.equal(heard.filter((one) => one === 'unreadable status').length, 5);
  assert.deepEqual(heard.slice(12), [[record], 'stop']);
});

it('the decision loop learns which tools a server has, of the lists that no client shaped', async () => {
  const readOnlyHint = true;
  const tools = [{ name: 'a', inputSchema: {}, annotations: { readOnlyHint } }, { name: 'b' }];
  const lists = { tools, prompts: [], resources: [], templates: [], capabilities: {} };
  for (const profile of ['{"roots":{}}', '{}']) {
    storage.lists(Buffer.from(JSON.stringify({ server: 's', revision: 3, profile, lists })));
  }
  await storage.stop();
  const facts = [{ name: 'a', annotations: { readOnlyHint } }, { name: 'b' }];
  assert.deepEqual(known, [{ server: 's', revision: 3, tools: facts }]);
});

it('lists, status and key usage arrive in the order they were sent, before the stop', async () => {
  const lists = { tools: [], prompts: [], resources: [], templates: [], capabilities: {} };
  storage.lists(Buffer.from(JSON.stringify({ server: 'a', revision: 3, profile: '{}', lists })));
  storage.status(Buffer.from(JSON.stringify({ servers: [] })));
  storage.keysUsed({ alice: 5 });
  await storage.stop();
  assert.deepEqual(heard, [['a', 3, '{}', lists], [], { alice: 5 }, 'stop']);
});

it('the last good lists come as the payloads that sidecars read', async () => {
  const payloads = await storage.knownLists();
  const read = payloads.map((payload) => JSON.parse(Buffer.from(payload).toString()));
  assert.deepEqual(read, KNOWN);
});
