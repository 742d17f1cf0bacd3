import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { startPlugin } from '../testing/start-plugin.ts';
import { openWireSession } from '../testing/wire-session.ts';
import { answer, startHttpStandIn } from '../upstream/testing/http-stand-in.ts';
import { serverOf } from '../upstream/testing/test-upstreams.ts';

const SECRETS = {
  authorization: 'Bearer mm_secret',
  'x-api-key': 'mm_secret',
  cookie: 'session=secret',
  'proxy-authorization': 'Basic secret',
};

describe('headers of a client', () => {
  it('reach an upstream only if its server lists them, and credentials never do', async () => {
    await using upstream = await startHttpStandIn((message, response) => {
      const tools = [{ name: 'any', inputSchema: { type: 'object' } }];
      answer(response, message, message.method === 'tools/list' ? { tools } : { content: [] });
    });
    const server = serverOf('web', {
      transport: 'streamable-http',
      url: upstream.url,
      // What the API would refuse: the sidecar does not count on it.
      forwardHeaders: [
        'x-team',
        ...Object.keys(SECRETS),
        'host',
        'mcp-session-id',
        'x-sluice-decision',
      ],
    });
    await using plugin = await startPlugin(sampleSnapshot([server]));
    const session = await openWireSession(plugin);
    const headers = { ...SECRETS, 'x-team': 'blue', 'x-other': 'red' };
    const reply = await session.request('tools/call', { name: 'web__any' }, { headers });
    assert.equal(reply.status, 200, reply.text);
    const call = upstream.requests.find(({ body }) => body.includes('tools/call'));
    assert.equal(call?.headers['x-team'], 'blue');
    assert.equal(call?.headers['x-other'], undefined);
    for (const request of upstream.requests) {
      assert.doesNotMatch(JSON.stringify(request), /secret/);
      assert.equal(request.headers['x-sluice-decision'], undefined);
      assert.notEqual(request.headers['mcp-session-id'], session.id);
    }
  });
});
