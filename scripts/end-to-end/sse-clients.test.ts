/** Real clients of HTTP+SSE through the whole gateway: used, limited, revoked. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { issueKey, put } from './provision.ts';
import { ECHO, echo, SSE_CLIENTS, type SseClients, startSseClients } from './sse-clients.ts';

describe('clients of HTTP+SSE', () => {
  let clients: SseClients;

  before(async () => {
    clients = await startSseClients();
  });
  after(() => clients?.[Symbol.asyncDispose]());
  afterEach(() => clients.closeAll());

  for (const kind of SSE_CLIENTS) {
    it(`${kind}: lists and calls`, async () => {
      const client = await clients.connect(kind);
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === ECHO.name));
      assert.equal(await echo(client), 'Echo: hello');
    });

    for (const unit of ['request', 'call']) {
      it(`${kind}: is told of a limit on its ${unit}s, and goes on`, async () => {
        const { gateway } = clients;
        const client = await clients.connect(kind);
        await echo(client);
        const name = `${unit}-${SSE_CLIENTS.indexOf(kind)}`;
        const limit = { unit, per: 'key', rate: 1, burst: 1, period_seconds: 3_600 };
        await put(gateway, `limits/${name}`, limit);
        assert.equal(await echo(client), 'Echo: hello');
        for (let round = 0; round < 3; round += 1) {
          await assert.rejects(echo(client), /allows 1 (request|call) per hour/);
        }
        await gateway.api('DELETE', `/api/v1/limits/${name}`);
        assert.equal(await echo(client), 'Echo: hello');
      });
    }

    it(`${kind}: gets nothing more once its key is revoked`, async () => {
      const name = `doomed-${SSE_CLIENTS.indexOf(kind)}`;
      const client = await clients.connect(kind, await issueKey(clients.gateway, name));
      await echo(client);
      await clients.gateway.api('POST', `/api/v1/keys/${name}/revoke`);
      await assert.rejects(echo(client));
    });
  }
});
