/** kill -9 of any one process under load: nothing acknowledged is lost, traffic resumes by itself. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { openSession } from './mcp-session.ts';
import { provisionEverything, put } from './provision.ts';

const RESUME_MS = 5_000;

/** Pids of processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((child) => {
      try {
        return (
          Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid
        );
      } catch {
        return false;
      }
    });
}

describe('kill -9 under load', () => {
  let gateway: Gateway;
  let url: string;
  let key: string;

  before(async () => {
    gateway = await startGateway();
    ({ url, key } = await provisionEverything(gateway));
    const session = await openSession(url, key);
    assert.equal((await session.callTool('everything__echo', { message: 'warm' })).status, 200);
  });
  after(() => gateway?.stop());

  async function answersAgain(): Promise<boolean> {
    const session = await openSession(url, key);
    const reply = await session.callTool('everything__echo', { message: 'again' });
    return reply.status === 200 && JSON.stringify(reply.body).includes('Echo: again');
  }

  /** Calls and writes run on while `victim` is killed; then both must work again, with every acknowledged write there. */
  async function killUnderLoad(victim: () => number): Promise<void> {
    let running = true;
    const acknowledged: string[] = [];
    const statuses = new Set<number | string>();
    const callers = [0, 1, 2].map(async () => {
      while (running) {
        try {
          const session = await openSession(url, key);
          for (let n = 0; n < 20 && running; n++) {
            statuses.add((await session.callTool('everything__echo', { message: 'x' })).status);
          }
        } catch {
          statuses.add('connection');
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    });
    const writer = (async () => {
      for (let n = 0; running; n++) {
        const name = `load-${process.hrtime.bigint()}-${n}`;
        const reply = await gateway
          .api('PUT', `/api/v1/limits/${name}`, {
            unit: 'call',
            per: 'key',
            rate: 1e6,
            period_seconds: 1,
          })
          .catch(() => undefined);
        if (reply?.status === 201) acknowledged.push(name);
      }
    })();
    try {
      await waitFor(() => acknowledged.length > 5, 'writes under way');
      process.kill(victim(), 'SIGKILL');
      await waitFor(answersAgain, 'a call answered after the kill', RESUME_MS);
    } finally {
      running = false;
      await Promise.all([...callers, writer]);
    }
    // An orphaned worker may have answered above; reading waits out its end.
    for (const name of acknowledged) {
      await waitFor(
        async () =>
          (await gateway.api('GET', `/api/v1/limits/${name}`).catch(() => undefined))?.status ===
          200,
        `${name}, which was acknowledged`,
        RESUME_MS,
      );
    }
    for (const name of acknowledged) await gateway.api('DELETE', `/api/v1/limits/${name}`);
  }

  it('of the control plane loses no acknowledged write and traffic resumes within 5 s', () =>
    killUnderLoad(() => gateway.processes()['control-plane'] ?? 0));

  it('of the proxy plugin loses no acknowledged write and traffic resumes within 5 s', () =>
    killUnderLoad(() => gateway.processes()['proxy-plugin'] ?? 0));

  it('of the NGINX master loses no acknowledged write and traffic resumes within 5 s', () =>
    killUnderLoad(() => gateway.processes().nginx ?? 0));

  it('of an NGINX worker loses no acknowledged write and traffic resumes within 5 s', () =>
    killUnderLoad(() => childrenOf(gateway.processes().nginx ?? 0)[0] ?? 0));

  it('of a stdio child loses no acknowledged write and traffic resumes within 5 s', () =>
    killUnderLoad(() => childrenOf(gateway.processes()['proxy-plugin'] ?? 0)[0] ?? 0));

  it('shows records lost with the proxy plugin as a gap', async () => {
    await waitFor(async () => {
      const reply = await gateway.api('GET', '/api/v1/calls?outcome=gap');
      return (reply.body as { items: unknown[] }).items.length > 0;
    }, 'a gap record');
  });

  it('keeps serving other endpoints of a changed configuration afterwards', async () => {
    await put(gateway, 'endpoints/second', { namespace: 'main' });
    const session = await openSession(`${gateway.url}/metamcp/second/mcp`, key);
    assert.equal((await session.callTool('everything__echo', { message: 'y' })).status, 200);
  });
});
