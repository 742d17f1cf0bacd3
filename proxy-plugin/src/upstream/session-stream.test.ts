/** HTTP servers that ask on the stream of the session what they want to know for a call. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import {
  answer,
  type HttpStandIn,
  type RpcRequest,
  startHttpStandIn,
} from './testing/http-stand-in.ts';
import { callerOf, eventually, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const QUESTION = {
  jsonrpc: '2.0',
  id: 'q',
  method: 'elicitation/create',
  params: { message: '?' },
};

/** Asks on the session's stream when it is called, and answers the call with the answer. */
function startAsking(): Promise<HttpStandIn> {
  let stream: ServerResponse | undefined;
  let call: ((result: RpcRequest) => void) | undefined;
  return startHttpStandIn(
    (message, response) => {
      if (message.method === 'tools/list') return answer(response, message, { tools: [] });
      const { id } = message;
      call = (result) => response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      response.writeHead(200, { 'Content-Type': 'application/json' });
      stream?.write(`data: ${JSON.stringify(QUESTION)}\n\n`);
    },
    (message, response, { method }) => {
      if (message.method === undefined && message.id !== undefined) {
        response.writeHead(202).end();
        call?.(message);
      }
      if (method !== 'GET') return;
      stream = response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      stream.flushHeaders();
    },
  );
}

describe('a question on the stream of a session', () => {
  async function ask(isolation: 'principal' | 'shared') {
    await using standIn = await startAsking();
    await using test = startUpstreams();
    const server = serverOf('remote', {
      transport: 'streamable-http',
      url: standIn.url,
      isolation,
    });
    const caller = callerOf('alice', { profile: '{"elicitation":{}}' });
    await test.upstreams.lists(server, caller);
    await eventually('the stream', () => standIn.requests.some(({ method }) => method === 'GET'));
    const asked: string[] = [];
    const chunks: Buffer[] = [];
    const reply = await new Promise<string>((resolve, reject) => {
      test.upstreams.call(
        { server, caller, method: 'tools/call', params: undefined, clientId: Buffer.from('1') },
        {
          notification() {},
          chunk(bytes) {
            chunks.push(bytes);
            return true;
          },
          end: () => resolve(Buffer.concat(chunks).toString()),
          fail: ({ message }) => reject(new Error(message)),
          request(question) {
            asked.push(question.method);
            const head = Buffer.from('{"jsonrpc":"2.0","id":');
            const rest = Buffer.from(',"result":{"action":"x"}}');
            setImmediate(() => question.answer((id) => Buffer.concat([head, id, rest])));
            return { withdraw() {} };
          },
        },
      );
    });
    return { asked, reply };
  }

  it('reaches the client of the only call, and the answer the server', async () => {
    const { asked, reply } = await ask('principal');
    assert.deepEqual(asked, ['elicitation/create']);
    assert.match(reply, /"result":\{"jsonrpc":"2.0","id":"q","result":\{"action":"x"\}\}/);
  });

  it('reaches nobody where callers share the session', async () => {
    const { asked, reply } = await ask('shared');
    assert.deepEqual(asked, []);
    assert.match(reply, /-32601/);
  });
});
