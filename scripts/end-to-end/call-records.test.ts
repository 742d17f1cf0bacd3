/** Call records through the real stack: committed ones stay, what a crash may have taken shows, a restart shows nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { openSession, post } from './mcp-session.ts';
import { provisionEverything } from './provision.ts';

interface Call {
  readonly id: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly source: string;
  readonly visible_name?: string;
}

describe('call records', () => {
  let dataDir: string;
  let gateway: Gateway;
  let url: string;
  let key: string;

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-calls-'));
    gateway = await startGateway({ dataDir });
    ({ url, key } = await provisionEverything(gateway));
  });
  after(async () => {
    await gateway?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function calls(query = ''): Promise<readonly Call[]> {
    const reply = await gateway.api('GET', `/api/v1/calls?${query}`);
    return (reply.body as { items: readonly Call[] }).items;
  }

  /** One tool call and one refusal, so that both processes have something to record. */
  async function useGateway(endpoint = url): Promise<void> {
    const known = new Set((await calls()).map(({ id }) => id));
    const session = await openSession(endpoint, key);
    assert.equal((await session.callTool('everything__echo', { message: 'x' })).status, 200);
    assert.equal((await post(endpoint, {}, { authorization: 'Bearer wrong' })).status, 401);
    await waitFor(async () => {
      const fresh = (await calls()).filter(({ id }) => !known.has(id));
      return ['ok', 'denied'].every((wanted) => fresh.some(({ outcome }) => outcome === wanted));
    }, 'both records');
  }

  async function killed(role: 'proxy-plugin' | 'control-plane'): Promise<void> {
    const before = gateway.processes()[role];
    assert.ok(before);
    process.kill(before, 'SIGKILL');
    await waitFor(() => (gateway.processes()[role] ?? before) !== before, `a new ${role}`);
    const isReady = async () => (await fetch(`${gateway.url}/readyz`)).status === 200;
    await waitFor(isReady, 'the gateway to be ready again');
  }

  it('say who called what, and what became of it', async () => {
    await useGateway();
    const [ok] = await calls('outcome=ok');
    assert.equal(ok?.visible_name, 'everything__echo');
    const [denied] = await calls('outcome=denied');
    assert.equal(denied?.reason, 'invalid_credential');
  });

  it('stay, and show nothing missing, over a restart in order', async () => {
    const before = await calls();
    await gateway.stop();
    gateway = await startGateway({ dataDir });
    url = `${gateway.url}/metamcp/default/mcp`;
    await useGateway();
    const after = await calls();
    assert.deepEqual(after.slice(-before.length), before);
    assert.deepEqual(await calls('outcome=gap'), []);
  });

  for (const role of ['proxy-plugin', 'control-plane'] as const) {
    it(`stay, and show what may be missing, over kill -9 of the ${role}`, async () => {
      const before = await calls();
      const gapsBefore = await calls('outcome=gap');
      await killed(role);
      await useGateway();
      const known = new Set((await calls('limit=1000')).map(({ id }) => id));
      for (const { id } of before) assert.ok(known.has(id), `record ${id} is lost`);
      const gaps = await calls('outcome=gap');
      const fresh = gaps.slice(0, gaps.length - gapsBefore.length);
      assert.deepEqual(
        fresh.map(({ reason }) => reason),
        ['source_ended'],
      );
      assert.equal(fresh[0]?.source.startsWith('control-plane'), role === 'control-plane');
    });
  }
});
