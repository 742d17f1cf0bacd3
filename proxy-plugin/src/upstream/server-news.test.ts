/** What servers say outside of calls concerns those who use the upstream, and is dropped where that is anybody. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { startHttpStandIn } from './testing/http-stand-in.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
  type TestUpstreams,
} from './testing/test-upstreams.ts';
import type { Caller } from './upstream.ts';

const LOG = { level: 'info', logger: 'db', data: 1 };
const COMPLETE = 'notifications/elicitation/complete';
const URLS = '{"elicitation":{"url":{}}}';

/** Answers, and says afterwards what it was told to; `elicit` asks the client to visit a URL first. */
const SCRIPT = `
let waiting;
serve(({ id, method, params }) => {
  if (method === undefined) return text(waiting, 'asked');
  if (method === 'elicit') {
    waiting = id;
    return send({ jsonrpc: '2.0', id: 'e', method: 'elicitation/create',
      params: { mode: 'url', elicitationId: 'one', url: 'https://a.example', message: '' } });
  }
  if (method === 'require') {
    const error = { code: -32042, message: '', data: { elicitations: [{ elicitationId: 'two' }] } };
    send({ jsonrpc: '2.0', id, error });
  } else text(id, 1);
  if (params?.say) setTimeout(() => send({ jsonrpc: '2.0', ...params.say }), 20);
}, { capabilities: { tools: {}, logging: {} } });
`;

describe('what a server says outside of calls', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  const say = (test: TestUpstreams, server: ServerRuntime, method: string, params: object) =>
    call(test, server, 'tools/call', { method, params });

  function call(
    { upstreams }: TestUpstreams,
    server: ServerRuntime,
    method: string,
    message: object,
    caller: Caller = callerOf('alice', { profile: URLS }),
  ) {
    const params = JSON.stringify({ say: message });
    return runTestCall(upstreams, server, { method, params, caller });
  }

  it('is for the sessions of the principal, with its level and the name of the server', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('chatty', SCRIPT);
    await say(test, server, 'notifications/message', LOG);
    const [news] = await eventually('the log', () => test.news.length === 1 && test.news);
    assert.deepEqual([news?.server, news?.logLevel], ['chatty', 'info']);
    assert.deepEqual(news?.audience, { principal: 'alice', profile: URLS });
    const { params } = JSON.parse(String(news?.message));
    assert.deepEqual(params, { ...LOG, logger: 'chatty/db' });
  });

  it('is for the session alone that has the upstream to itself', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('own', SCRIPT, { isolation: 'session' });
    await say(test, server, 'notifications/message', LOG);
    const [news] = await eventually('the log', () => test.news.length === 1 && test.news);
    assert.deepEqual(news?.audience, { session: 'session of alice' });
  });

  it('is for nobody, and counted, where callers share the upstream', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('shared', SCRIPT, { isolation: 'shared' });
    await say(test, server, 'notifications/message', LOG);
    await eventually('the count', () => test.counts.get('unheard_messages') === 1);
    assert.equal(test.news.length, 0);
  });

  it('of an elicitation that is complete is for the session that was asked', async () => {
    await using test = startUpstreams();
    const server = await standIns.write('asking', SCRIPT);
    await askByUrl(test, server);
    await say(test, server, COMPLETE, { elicitationId: 'one' });
    const [news] = await eventually('the news', () => test.news.length === 1 && test.news);
    assert.deepEqual(news?.audience, { session: 'session of alice' });
    assert.equal(news?.logLevel, undefined);
    await say(test, server, COMPLETE, { elicitationId: 'nobody was asked' });
    await call(test, server, 'require', { method: COMPLETE, params: { elicitationId: 'two' } });
    await eventually('the news of an error', () => test.news.length === 2);
  });

  it('comes on the stream of the session over HTTP, which a server that logs is listened to on', async () => {
    let listens = 0;
    await using stub = await startHttpStandIn(
      ({ id }, response) => response.writeHead(200).end(`{"jsonrpc":"2.0","id":${id},"result":{}}`),
      ({ id, method }, response, { method: httpMethod }) => {
        response.setHeader('Content-Type', 'application/json');
        if (method === 'initialize') {
          const result = { protocolVersion: '2025-11-25', capabilities: { logging: {} } };
          response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
        } else if (httpMethod === 'GET') {
          listens += 1;
          const log = { jsonrpc: '2.0', method: 'notifications/message', params: LOG };
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(`data: ${JSON.stringify(log)}\n\n`);
        }
      },
    );
    await using test = startUpstreams();
    const remote = serverOf('remote', { transport: 'streamable-http', url: stub.url });
    await runTestCall(test.upstreams, remote, { method: 'tools/call' });
    const [news] = await eventually('the log', () => test.news.length === 1 && test.news);
    assert.deepEqual(news?.audience, { principal: 'alice', profile: '{}' });
    const shared = serverOf('shared', { ...remote, name: 'shared', isolation: 'shared' });
    await runTestCall(test.upstreams, shared, { method: 'tools/call' });
    assert.equal(listens, 1);
  });
});

/** The client answers at once. */
function askByUrl({ upstreams }: TestUpstreams, server: ServerRuntime): Promise<void> {
  return new Promise((resolve, reject) => {
    const caller = callerOf('alice', { profile: URLS });
    const clientId = Buffer.from('1');
    upstreams.call(
      { server, caller, method: 'elicit', params: undefined, clientId },
      {
        notification() {},
        request(request) {
          const answer = (id: Buffer) => Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
          setImmediate(() => request.answer(answer));
          return { withdraw() {} };
        },
        chunk: () => true,
        end: () => resolve(),
        fail: ({ message }) => reject(new Error(message)),
      },
    );
  });
}
