import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import SQLite from 'better-sqlite3';
import { sql } from 'kysely';
import { openConfigurationDatabase } from './configuration-database.ts';
import { DatabaseError } from './database-error.ts';

describe('the configuration database', () => {
  let folder: string;
  let file: string;
  let count = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-storage-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const newFile = () => {
    count += 1;
    file = join(folder, `${count}.db`);
    return file;
  };
  const refused = async (what: RegExp) => {
    const before = await readFile(file);
    await assert.rejects(openConfigurationDatabase(file), (error: Error) => {
      assert.ok(error instanceof DatabaseError);
      assert.ok(error.message.includes(file), error.message);
      assert.match(error.message, what);
      return true;
    });
    assert.deepEqual(await readFile(file), before);
  };

  it('opens what it wrote, and commits survive a power cut', async () => {
    const first = await openConfigurationDatabase(newFile());
    await first.insertInto('revision').values({ id: 1, value: 5 }).execute();
    const { rows } = await sql<Record<string, unknown>>`pragma synchronous`.execute(first);
    assert.deepEqual(rows, [{ synchronous: 2 }]);
    await first.destroy();
    const second = await openConfigurationDatabase(file);
    const { value } = await second.selectFrom('revision').select('value').executeTakeFirstOrThrow();
    assert.equal(value, 5);
    await second.destroy();
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    await writeFile(newFile(), 'this is a text file, and a rather long one at that\n'.repeat(100));
    await refused(/can't be used as a database.*Restore it from a backup/);
  });

  it('refuses a database with damaged pages', async () => {
    const db = await openConfigurationDatabase(newFile());
    await db.destroy();
    const bytes = await readFile(file);
    bytes.fill(0xa5, 4096 * 2, 4096 * 4);
    await writeFile(file, bytes);
    await refused(/can't be used as a database/);
  });

  it('refuses a database of a newer version', async () => {
    const db = await openConfigurationDatabase(newFile());
    await sql`insert into kysely_migration (name, timestamp) values ('999-future', 'x')`.execute(
      db,
    );
    await db.destroy();
    await refused(/newer version.*999-future/);
  });

  it('refuses a database of another program', async () => {
    const other = new SQLite(newFile());
    other.exec('create table recipes (name text)');
    other.close();
    await refused(/another program.*recipes/);
  });

  it('keeps references whole by itself', async () => {
    const db = await openConfigurationDatabase(newFile());
    const row = {
      from_kind: 'endpoints',
      from_name: 'a',
      to_kind: 'namespaces',
      to_name: 'b',
    } as const;
    await assert.rejects(db.insertInto('object_references').values(row).execute(), /FOREIGN KEY/);
    await db.destroy();
  });

  it('says why a transaction failed, not that it could not be rolled back', async () => {
    const db = await openConfigurationDatabase(newFile());
    await sql`pragma max_page_count = 40`.execute(db);
    const fill = db.transaction().execute(async (trx) => {
      for (let i = 0; i < 1000; i++) {
        await trx
          .insertInto('key_files')
          .values({ file: `${i}`, proof: 'x'.repeat(4000) })
          .execute();
      }
    });
    await assert.rejects(fill, { code: 'SQLITE_FULL' });
    assert.deepEqual(await db.selectFrom('key_files').selectAll().execute(), []);
    await db.destroy();
  });
});
