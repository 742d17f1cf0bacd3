/** A server that does its worst behind the whole gateway: its callers get an answer, other servers notice nothing. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { usageOf } from '../../testing/gateway-usage.ts';
import { type Gateway, startGateway } from '../../testing/start-gateway.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { openSession } from '../mcp-session.ts';
import { issueKey, put } from '../provision.ts';

const SCRIPT = path.join(import.meta.dirname, 'hostile-server.ts');
const MEBI = 1024 * 1024;
/** Of the hostile server; the machine of the tests may be slow, the floods are large. */
const TIMEOUT_MS = 3_000;
/** How long a call of another server may take while both cores are flooded. */
const UNAFFECTED_MS = 2_000;
/** Of the sidecar, after all of it. */
const MOST_MEMORY = 300 * MEBI;

/** What the caller of each fault reads. */
const FAULTS: Readonly<Record<string, RegExp>> = {
  flood_stderr: /fine/,
  flood_notifications: /fine/,
  flood_requests: /fine/,
  ask_after_the_answer: /fine/,
  babble: /fine/,
  answer_wrongly: /fine/,
  drip: /fine/,
  bomb: /fine/,
  endless_line: /Server \\"hostile\\" wrote a message of more than 33554432 bytes/,
  die_in_the_answer: /Server \\"hostile\\": its process exited with code 1/,
  hang: /Server \\"hostile\\" did not answer within/,
  go_deaf: /Server \\"hostile\\" did not answer within/,
};

type Session = Awaited<ReturnType<typeof openSession>>;

async function textOf(session: Session, name: string): Promise<string> {
  return JSON.stringify((await session.callTool(name)).body);
}

describe('a hostile server', () => {
  let gateway: Gateway;
  let hostile: Session;
  let healthy: Session;
  let sidecar: number | undefined;

  before(async () => {
    gateway = await startGateway();
    const command = { transport: 'stdio', command: process.execPath, args: [SCRIPT] };
    await put(gateway, 'servers/hostile', { ...command, request_timeout_ms: TIMEOUT_MS });
    await put(gateway, 'servers/healthy', command);
    const members = [
      { server: 'hostile', prefix: 'bad' },
      { server: 'healthy', prefix: 'good' },
    ];
    await put(gateway, 'namespaces/main', { members });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
    const url = `${gateway.url}/metamcp/default/mcp`;
    hostile = await openSession(url, await issueKey(gateway, 'hostile'));
    healthy = await openSession(url, await issueKey(gateway, 'healthy'));
    assert.match(await textOf(healthy, 'good__behave'), /fine/);
    sidecar = gateway.processes()['proxy-plugin'];
  });
  after(() => gateway?.stop());

  /** Calls the healthy server until `isOver`; resolves with the longest time that a call took. */
  async function slowestUntil(isOver: () => boolean): Promise<number> {
    let slowest = 0;
    do {
      const startedAt = performance.now();
      assert.match(await textOf(healthy, 'good__behave'), /fine/);
      slowest = Math.max(slowest, performance.now() - startedAt);
    } while (!isOver());
    return slowest;
  }

  for (const [fault, expected] of Object.entries(FAULTS)) {
    it(`that does ${fault} answers its caller, and harms nobody`, async () => {
      let isOver = false;
      const answer = textOf(hostile, `bad__${fault}`).finally(() => {
        isOver = true;
      });
      const slowest = await slowestUntil(() => isOver);
      assert.match(await answer, expected);
      assert.ok(slowest < UNAFFECTED_MS, `another server's call took ${slowest} ms`);
      const again = async () => /fine/.test(await textOf(hostile, 'bad__behave'));
      await waitFor(again, 'the hostile server to be called again', 30_000);
      assert.equal(gateway.processes()['proxy-plugin'], sidecar, 'the sidecar lives');
    });
  }

  it('leaves nothing behind: no grandchild, no call, little memory', async () => {
    await waitFor(async () => {
      const { processes, metric } = await usageOf(gateway);
      const sleeping = processes.filter(({ name }) => name === 'sleep');
      return sleeping.length === 0 && metric('sluice_plugin_calls_in_flight') === 0;
    }, 'the end of all grandchildren and calls');
    const bytes = (await usageOf(gateway)).metric('sluice_plugin_resident_memory_bytes');
    assert.ok(bytes < MOST_MEMORY, `${bytes} bytes`);
  });
});
