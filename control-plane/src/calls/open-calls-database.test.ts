import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { CONTROL_PLANE_REPLICA } from '@sluice/contract/call-source';
import { sql } from 'kysely';
import { DatabaseError } from '../storage/database-error.ts';
import { openCallsDatabase } from './open-calls-database.ts';
import { storeCalls } from './store-calls.ts';
import { openCallsFolder, sampleCall } from './testing/sample-calls.ts';

describe('calls.db', () => {
  it('is there again after it was closed', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1)]);
    await calls.db.destroy();
    const { db, damagedFile } = await openCallsDatabase(calls.file, 0);
    assert.equal((await db.selectFrom('calls').selectAll().execute()).length, 1);
    assert.equal(damagedFile, undefined);
    await db.destroy();
  });

  it('that is damaged is moved aside, never deleted, and an empty one takes its place', async () => {
    await using calls = await openCallsFolder();
    await calls.db.destroy();
    await writeFile(calls.file, 'this was a database once');
    const { db, damagedFile } = await openCallsDatabase(calls.file, 0);
    assert.equal(damagedFile, `${calls.file}.damaged-1970-01-01T00-00-00.000Z`);
    assert.equal(await readFile(damagedFile, 'utf8'), 'this was a database once');
    const rows = await db.selectFrom('calls').selectAll().execute();
    assert.deepEqual(
      rows.map(({ outcome, reason, time }) => [outcome, reason, time]),
      [['gap', 'database_damaged', 0]],
    );
    await db.destroy();
  });

  it('that is damaged in the middle is moved aside too', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1, { source: `${CONTROL_PLANE_REPLICA}.1` })]);
    const { rows } = await sql<{
      rootpage: number;
      size: number;
    }>`select rootpage, (select page_size from pragma_page_size) as size from sqlite_master where name = 'call_sources'`.execute(
      calls.db,
    );
    await calls.db.destroy();
    const { rootpage = 0, size = 0 } = rows[0] ?? {};
    const bytes = await readFile(calls.file);
    bytes.fill(0xff, (rootpage - 1) * size, rootpage * size);
    await writeFile(calls.file, bytes);
    const { db, damagedFile } = await openCallsDatabase(calls.file, 0);
    assert.deepEqual(await readFile(damagedFile ?? ''), bytes);
    await storeCalls(db, [sampleCall(2)]);
    await db.destroy();
  });

  it('of a newer version is left where it is, and the error says so', async () => {
    await using calls = await openCallsFolder();
    await calls.db
      .insertInto('kysely_migration' as 'calls')
      .values({ name: '999-future', timestamp: '2100-01-01' } as never)
      .execute();
    await calls.db.destroy();
    await assert.rejects(openCallsDatabase(calls.file, 0), DatabaseError);
    const files = await readdir(dirname(calls.file));
    assert.ok(!files.some((file) => file.includes('damaged')), files.join());
  });
});
