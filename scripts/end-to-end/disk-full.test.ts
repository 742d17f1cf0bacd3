/** A full disk: traffic goes on, writes are refused whole, and what was dropped is said. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { openSession } from './mcp-session.ts';
import { provisionEverything, put } from './provision.ts';

/** Writes to `file` until the file system has no byte left. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const size of [65_536, 4_096, 512, 1]) {
      const block = Buffer.alloc(size, 'x');
      try {
        for (;;) writeSync(descriptor, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

describe('a full disk', () => {
  let disk: string;
  let filler: string;
  let gateway: Gateway;
  let session: Awaited<ReturnType<typeof openSession>>;

  before(async () => {
    disk = mkdtempSync(path.join(tmpdir(), 'sluice-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'sluice-test', disk]);
    gateway = await startGateway({ dataDir: path.join(disk, 'var') });
    const { url, key } = await provisionEverything(gateway);
    session = await openSession(url, key);
    await session.callTool('everything__echo', { message: 'before' });
    filler = path.join(disk, 'filler');
    fill(filler);
  });
  after(async () => {
    await gateway?.stop();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  const metric = async (name: string): Promise<number> => {
    const text = String((await gateway.api('GET', '/metrics')).body);
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  };

  it('does not stop traffic', async () => {
    for (let n = 0; n < 50; n++) {
      const reply = await session.callTool('everything__echo', { message: 'x'.repeat(1000) });
      assert.equal(reply.status, 200);
      assert.ok(reply.body.result);
    }
  });

  it('refuses a write with a problem and changes nothing', async () => {
    // Large, so that room in the write-ahead log is soon used up.
    const tools = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`tool-${n}`, { description: 'x'.repeat(1000) }]),
    );
    let refused: { status: number; body: unknown } | undefined;
    let name = '';
    await waitFor(async () => {
      name = `large-${process.hrtime.bigint()}`;
      refused = await gateway.api('PUT', `/api/v1/namespaces/${name}`, {
        members: [{ server: 'everything', tools }],
      });
      return refused.status >= 500;
    }, 'a write that meets the full disk');
    assert.match(JSON.stringify(refused?.body), /disk|space/i);
    assert.equal((await gateway.api('GET', `/api/v1/namespaces/${name}`)).status, 404);
  });

  it('drops call records, counts them, and shows a gap once there is room', async () => {
    await waitFor(
      async () => {
        fill(filler);
        for (let n = 0; n < 20; n++) await session.callTool('everything__echo', { message: 'y' });
        return (await metric('sluice_call_records_dropped_total')) > 0;
      },
      'dropped records to be counted',
      30_000,
    );
    rmSync(filler);
    await waitFor(
      async () => {
        const reply = await gateway.api('GET', '/api/v1/calls?outcome=gap');
        return (reply.body as { items: unknown[] }).items.length > 0;
      },
      'a gap record',
      30_000,
    );
  });

  it('takes writes again once there is room', async () => {
    await put(gateway, 'limits/after', { unit: 'call', per: 'key', rate: 1, period_seconds: 1 });
    assert.equal((await session.callTool('everything__echo', { message: 'z' })).status, 200);
  });
});
