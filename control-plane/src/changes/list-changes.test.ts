import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Hono } from 'hono';
import { createCursors } from '../http/cursor.ts';
import { mountRoutes } from '../http/mount-routes.ts';
import { createOnError } from '../http/on-error.ts';
import {
  type ConfigurationDatabase,
  openConfigurationDatabase,
} from '../storage/configuration-database.ts';
import { listChanges } from './list-changes.ts';
import { type Change, recordChange } from './record-change.ts';

function sampleChange(revision: number, some: Partial<Change> = {}): Change {
  return {
    revision,
    time: 1_000_000 + revision,
    origin: {
      actor: { name: 'alice', scope: 'editor' },
      requestId: 'a'.repeat(32),
      userAgent: 'curl/8',
    },
    action: 'replace',
    kind: 'servers',
    name: 'git',
    diff: [{ pointer: '/enabled', before: true, after: false }],
    ...some,
  };
}

interface Page {
  readonly items: readonly { readonly revision: number }[];
  readonly next_cursor?: string;
}

describe('GET /api/v1/changes', () => {
  let folder: string;
  let db: ConfigurationDatabase;
  let app: Hono;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-changes-'));
    db = await openConfigurationDatabase(join(folder, 'sluice.db'));
    const bob = { actor: { name: 'bob', scope: 'owner' }, requestId: '', userAgent: '' } as const;
    await db.transaction().execute(async (trx) => {
      await recordChange(trx, sampleChange(1, { action: 'create' }));
      await recordChange(trx, sampleChange(2));
      await recordChange(trx, sampleChange(3, { kind: 'keys', origin: bob }));
      await recordChange(trx, sampleChange(4, { name: 'github' }));
    });
    app = new Hono();
    app.onError(createOnError({ error: (_, message) => assert.fail(message) }));
    const cursors = createCursors(createSecretKey(Buffer.alloc(32)));
    const authenticate = async () => ({ name: 'test', scope: 'viewer' }) as const;
    mountRoutes(app, { routes: [listChanges], deps: { db, cursors }, authenticate });
  });
  after(async () => {
    await db.destroy();
    await rm(folder, { recursive: true });
  });

  async function read(query: string): Promise<Page> {
    const response = await app.request(`/api/v1/changes${query}`);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Page;
  }

  it('200 shows who changed what, newest first', async () => {
    const { items } = await read('');
    assert.deepEqual(items[0], {
      revision: 4,
      time: '1970-01-01T00:16:40.004Z',
      actor: 'alice',
      action: 'replace',
      kind: 'servers',
      name: 'github',
      diff: [{ pointer: '/enabled', before: true, after: false }],
      request_id: 'a'.repeat(32),
      source: 'curl/8',
    });
  });

  it('200 filters by each field', async () => {
    const revisions = async (query: string) =>
      (await read(query)).items.map((change) => change.revision);
    assert.deepEqual(await revisions('?kind=keys'), [3]);
    assert.deepEqual(await revisions('?name=git'), [3, 2, 1]);
    assert.deepEqual(await revisions('?actor=bob'), [3]);
    assert.deepEqual(await revisions('?action=create'), [1]);
    assert.deepEqual(await revisions('?from=1970-01-01T00:16:40.003Z'), [4, 3]);
    assert.deepEqual(await revisions('?to=1970-01-01T00:16:40.002Z'), [1]);
    assert.deepEqual(await revisions('?kind=servers&name=git&actor=alice'), [2, 1]);
  });

  it('200 goes through pages, 400 refuses a cursor under other filters', async () => {
    const first = await read('?limit=3');
    const second = await read(`?limit=3&cursor=${first.next_cursor}`);
    assert.deepEqual(
      second.items.map((change) => change.revision),
      [1],
    );
    assert.equal(second.next_cursor, undefined);
    const other = await app.request(`/api/v1/changes?kind=keys&cursor=${first.next_cursor}`);
    assert.equal(other.status, 400);
  });
});
