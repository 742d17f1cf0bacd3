import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ServerLists } from '@sluice/contract/lists';
import { createObjectStore } from '../configuration/object-store.ts';
import {
  type ConfigurationDatabase,
  openConfigurationDatabase,
} from '../storage/configuration-database.ts';
import { createKeptServerLists, type KeptServerLists } from './kept-server-lists.ts';
import { SERVERS, serverConfig } from './server.ts';

function listsOf(...names: readonly string[]): ServerLists {
  const tools = names.map((name) => ({ name, vendor: { kept: true } }));
  return { tools, prompts: [], resources: [], templates: [], capabilities: {} };
}

async function register(db: ConfigurationDatabase, name: string): Promise<void> {
  const config = serverConfig.parse({ transport: 'stdio', command: 'true' });
  const object = {
    name,
    revision: 1,
    createdAt: 0,
    updatedAt: 0,
    config,
    state: { generation: 1 },
  };
  await db.transaction().execute((trx) => createObjectStore(SERVERS).put(trx, object));
}

async function withDatabase(
  run: (db: ConfigurationDatabase, open: () => Promise<KeptServerLists>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lists-'));
  const db = await openConfigurationDatabase(join(folder, 'sluice.db'));
  await register(db, 'git');
  await run(db, () => createKeptServerLists(db, (error) => assert.fail(String(error))));
  await db.destroy();
  await rm(folder, { recursive: true });
}

describe('the last good lists', () => {
  it('are there again after a restart, field by field', () =>
    withDatabase(async (_, open) => {
      const before = await open();
      before.update('git', 1, '{}', listsOf('log'));
      before.update('git', 1, '{"roots":{}}', listsOf('log', 'push'));
      await before.settled();
      assert.deepEqual((await open()).latest('git'), listsOf('log', 'push'));
    }));

  it('of an older configuration do not replace those of a newer one', () =>
    withDatabase(async (_, open) => {
      const lists = await open();
      lists.update('git', 5, '{}', listsOf('new'));
      lists.update('git', 4, '{}', listsOf('old'));
      await lists.settled();
      assert.deepEqual((await open()).latest('git'), listsOf('new'));
    }));

  it('go with their server, and are not stored for one that is gone', () =>
    withDatabase(async (db, open) => {
      const lists = await open();
      lists.update('git', 1, '{}', listsOf('log'));
      lists.update('gone', 1, '{}', listsOf('x'));
      await lists.settled();
      await db.transaction().execute((trx) => createObjectStore(SERVERS).delete(trx, 'git'));
      assert.deepEqual(await db.selectFrom('server_lists').selectAll().execute(), []);
      assert.equal(lists.latest('gone'), undefined);
    }));

  it('of a server that is deleted and made anew are stored, also if they are the same', () =>
    withDatabase(async (db, open) => {
      const lists = await open();
      lists.update('git', 1, '{}', listsOf('log'));
      await lists.settled();
      await db.transaction().execute((trx) => createObjectStore(SERVERS).delete(trx, 'git'));
      lists.update('git', 1, '{}', listsOf('late'));
      await lists.settled();
      assert.equal(lists.latest('git'), undefined);
      await register(db, 'git');
      lists.update('git', 2, '{}', listsOf('log'));
      await lists.settled();
      assert.deepEqual((await open()).latest('git'), listsOf('log'));
    }));

  it('are stored under the newer configuration, also if they are the same', () =>
    withDatabase(async (_, open) => {
      const lists = await open();
      lists.update('git', 1, '{}', listsOf('log'));
      lists.update('git', 2, '{}', listsOf('log'));
      await lists.settled();
      assert.equal((await open()).get('git')?.revision, 2);
    }));
});
