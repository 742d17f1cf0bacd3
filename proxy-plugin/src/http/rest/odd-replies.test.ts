/** Guarantees of REST about servers whose replies are no strict JSON, over two transports and a whole sidecar. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sampleSnapshot } from '../../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin, type TestReply } from '../../testing/start-plugin.ts';
import { json } from '../../testing/wire-session.ts';
import {
  answer,
  type HttpStandIn,
  startHttpStandIn,
} from '../../upstream/testing/http-stand-in.ts';
import { createStandIns, type StandIns } from '../../upstream/testing/stand-in.ts';
import { eventually, serverOf } from '../../upstream/testing/test-upstreams.ts';

/** By tool: what stands for a reply, `ID` in place of its id. */
const REPLIES = {
  spaced: ' \t{"jsonrpc":"2.0","id":ID,"result":{"content":[]}}',
  tab: '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"a":"\t"}}',
  zero: '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"a":01}}',
  escape:
    '{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"text","text":"\\x"}],"isError":true}}',
};
const TOOLS = Object.keys(REPLIES).map((name) => ({ name, inputSchema: { type: 'object' } }));
const UNREADABLE = ['tab', 'zero', 'escape'];

const SCRIPT = `
const replies = ${JSON.stringify(REPLIES)};
serve(({ id, params }) => process.stdout.write(replies[params.name].replace('ID', id) + '\\n'), {
  tools: () => ${JSON.stringify(TOOLS)},
});
`;

function startRemote(): Promise<HttpStandIn> {
  return startHttpStandIn((message, response) => {
    if (message.method === 'tools/list') {
      answer(response, message, { tools: TOOLS });
      return;
    }
    const name = message.params?.name as keyof typeof REPLIES;
    response.setHeader('Content-Type', 'application/json');
    response.end(REPLIES[name].replace('ID', String(message.id)));
  });
}

describe('a reply that is no strict JSON, over REST', () => {
  let standIns: StandIns;
  let remote: HttpStandIn;
  let plugin: PluginUnderTest;

  before(async () => {
    [standIns, remote] = await Promise.all([createStandIns(), startRemote()]);
    const child = await standIns.write('child', SCRIPT);
    const url = remote.url;
    const other = serverOf('remote', { transport: 'streamable-http', url });
    plugin = await startPlugin(sampleSnapshot([child, other]));
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    await remote[Symbol.asyncDispose]();
    await standIns[Symbol.asyncDispose]();
  });

  function recordOf(reply: TestReply) {
    const id = reply.headers['x-request-id'];
    const find = () => plugin.controlPlane.records().find(({ requestId }) => requestId === id);
    return eventually('the call record', find);
  }

  for (const server of ['child', 'remote']) {
    it(`of ${server}: 502 where its bytes are no JSON, and the server serves on`, async () => {
      for (const name of UNREADABLE) {
        const reply = await plugin.send({ route: 'api', tool: `${server}__${name}`, body: {} });
        assert.equal(reply.status, 502, name);
        assert.equal(json(reply).reason, 'garbage');
        const { outcome, reason, httpStatus } = await recordOf(reply);
        assert.deepEqual([outcome, reason, httpStatus], ['upstream_failed', 'garbage', 502]);
      }
    });

    it(`of ${server}: 200 with white space before it`, async () => {
      const reply = await plugin.send({ route: 'api', tool: `${server}__spaced`, body: {} });
      assert.deepEqual([reply.status, reply.text], [200, '{"content":[]}']);
    });
  }

  it('nothing stays under way behind it', async () => {
    const metrics = () => plugin.controlPlane.received('metrics').at(-1)?.values ?? {};
    await eventually('no call in flight', () => metrics().sluice_plugin_calls_in_flight === 0);
    assert.equal(metrics().sluice_plugin_held_reply_bytes, 0);
  });
});
