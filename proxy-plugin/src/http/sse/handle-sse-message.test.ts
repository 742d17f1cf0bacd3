import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sampleSnapshot } from '../../testing/sample-snapshot.ts';
import { openSseStream } from '../../testing/sse-session.ts';
import { startPlugin } from '../../testing/start-plugin.ts';
import { INITIALIZE, openWireSession } from '../../testing/wire-session.ts';
import { answer, startHttpStandIn } from '../../upstream/testing/http-stand-in.ts';
import { eventually, serverOf } from '../../upstream/testing/test-upstreams.ts';

it('a client that leaves while its initialize is under way leaves no stream behind', async () => {
  const go = Promise.withResolvers<void>();
  await using slow = await startHttpStandIn((message, response) => {
    go.promise.then(() => answer(response, message, { tools: [] }));
  });
  const server = serverOf('slow', { transport: 'streamable-http', url: slow.url });
  await using plugin = await startPlugin(sampleSnapshot([server]));
  const session = await openSseStream(plugin);
  await session.post(INITIALIZE);
  session.response.destroy();
  const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
  const isForgotten = async () => (await session.post(ping)).status === 404;
  await eventually('the stream to be forgotten', isForgotten);
  const later = openWireSession(plugin);
  go.resolve();
  await later;
  const metrics = () => plugin.controlPlane.received('metrics');
  const reports = metrics().length;
  await eventually('a report', () => metrics().length > reports);
  assert.equal(metrics().at(-1)?.values.sluice_plugin_open_streams, 0);
});
