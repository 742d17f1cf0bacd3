/** Opens a SQLite file for Kysely: the only file that knows the dialect. */
import SQLite from 'better-sqlite3';
import {
  type DatabaseConnection,
  type Dialect,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import type { Migration } from 'kysely/migration';
import { DatabaseError } from './database-error.ts';
import { migrate, refuseUnknown } from './migrate.ts';

export interface DatabaseOptions {
  /** Path of the file; created if missing. */
  readonly file: string;
  /** `full`: a commit survives a power cut. `normal`: it survives a kill, not always a power cut. */
  readonly synchronous: 'full' | 'normal';
  /** By name, in order. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Reads the whole file at start: for small databases. */
  readonly checkIntegrity: boolean;
}

/** Throws `DatabaseError` on a file that is corrupt, foreign, or from a newer version. */
export async function openDatabase<T>(options: DatabaseOptions): Promise<Kysely<T>> {
  const sqlite = openFile(options);
  const db = new Kysely<T>({ dialect: sqliteDialect(sqlite) });
  try {
    // Before anything is written: what is not ours stays as it is, to the byte.
    await refuseUnknown(db, options.migrations, options.file);
    prepareFile(sqlite);
    await migrate(db, options.migrations, options.file);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function openFile(options: DatabaseOptions): SQLite.Database {
  let sqlite: SQLite.Database | undefined;
  try {
    sqlite = new SQLite(options.file);
    sqlite.pragma(`synchronous = ${options.synchronous}`);
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('busy_timeout = 5000');
    if (options.checkIntegrity) checkIntegrity(sqlite);
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    throw new DatabaseError(
      `${options.file} can't be used as a database (${(cause as Error).message}). Restore it from a ` +
        'backup, or move it away to start with an empty one. Nothing was overwritten',
      { cause },
    );
  }
}

function prepareFile(sqlite: SQLite.Database): void {
  const isEmpty = sqlite.pragma('page_count', { simple: true }) === 0;
  // Only possible in an empty file: pages of deleted rows can then be given back.
  if (isEmpty) sqlite.pragma('auto_vacuum = INCREMENTAL');
  sqlite.pragma('journal_mode = WAL');
}

function checkIntegrity(sqlite: SQLite.Database): void {
  const found = sqlite.pragma('integrity_check(1)', { simple: true });
  if (found !== 'ok') throw new Error(String(found));
}

function sqliteDialect(sqlite: SQLite.Database): Dialect {
  const database = preparingOnce(sqlite);
  const dialect = new SqliteDialect({ database });
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new ForgivingDriver(database, sqlite),
  };
}

const MOST_PREPARED = 100;

/** Keeps prepared writes: SQLite would parse each again. A statement that reads may be read from still. */
function preparingOnce(sqlite: SQLite.Database): SqliteDatabase {
  const prepared = new Map<string, SQLite.Statement>();
  const prepare = (text: string) => {
    const known = prepared.get(text);
    if (known) return known;
    const statement = sqlite.prepare(text);
    if (!statement.reader && prepared.size < MOST_PREPARED) prepared.set(text, statement);
    return statement;
  };
  return { prepare, close: () => sqlite.close() };
}

/**
 * On a full disk SQLite rolls back by itself; a second rollback would fail, and its error would
 * hide the one that says why.
 */
class ForgivingDriver extends SqliteDriver {
  readonly #sqlite: SQLite.Database;

  constructor(database: SqliteDatabase, sqlite: SQLite.Database) {
    super({ database });
    this.#sqlite = sqlite;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#sqlite.inTransaction) await super.rollbackTransaction(connection);
  }
}
