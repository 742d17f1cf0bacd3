/** Real clients of HTTP+SSE through the death of each process: they go on, or are told at once. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Role } from '../supervisor/supervised-process.ts';
import { waitFor } from '../testing/wait-for.ts';
import { echo, SSE_CLIENTS, type SseClients, startSseClients } from './sse-clients.ts';

/** Clients come back after ten seconds at the latest; a restart takes about one. */
const BACK_WITHIN_MS = 30_000;
const ROLES = ['control-plane', 'proxy-plugin', 'nginx'] as const;

describe('clients of HTTP+SSE', () => {
  let clients: SseClients;

  before(async () => {
    clients = await startSseClients();
  });
  after(() => clients?.[Symbol.asyncDispose]());
  afterEach(() => clients.closeAll());

  /** Kills a process and waits until the gateway is whole again. */
  async function kill(role: Role): Promise<void> {
    const { gateway } = clients;
    const pid = gateway.processes()[role];
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const isBack = async () => {
      const now = gateway.processes()[role];
      return now !== undefined && now !== pid && (await fetch(`${gateway.url}/readyz`)).ok;
    };
    await waitFor(isBack, `${role} again`, BACK_WITHIN_MS);
  }

  /** Resolves with the error of the first call that fails. */
  async function callUntilOneFails(client: Client): Promise<unknown> {
    for (;;) {
      try {
        await echo(client);
      } catch (error) {
        return error;
      }
    }
  }

  for (const kind of SSE_CLIENTS) {
    it(`${kind}: does not notice a restart of the control plane between two calls`, async () => {
      const client = await clients.connect(kind);
      await echo(client);
      await kill('control-plane');
      assert.equal(await echo(client), 'Echo: hello');
    });
  }

  for (const role of ROLES) {
    it(`the SDK and mcp-remote go on by themselves after ${role} died under their calls`, async () => {
      const both = [await clients.connect('the SDK'), await clients.connect('mcp-remote')];
      await Promise.all(both.map(echo));
      const failures = both.map(callUntilOneFails);
      await kill(role);
      await Promise.all(failures);
      for (const client of both) {
        const answers = async () => (await echo(client)) === 'Echo: hello';
        await waitFor(answers, 'an answer', BACK_WITHIN_MS);
      }
    });

    it(`mcp-proxy is told at once when ${role} died under its calls; a new one works`, async () => {
      const client = await clients.connect('mcp-proxy');
      await echo(client);
      const failure = callUntilOneFails(client);
      await kill(role);
      assert.doesNotMatch(String(await failure), /timed out/i, 'no call waits for ever');
      assert.equal(await echo(await clients.connect('mcp-proxy')), 'Echo: hello');
    });
  }
});
