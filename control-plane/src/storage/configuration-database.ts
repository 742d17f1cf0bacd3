/** The tables of the configuration database. Rows are snake_case and stay inside their stores. */
import type { Kysely, Transaction } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createConfigurationTables } from './migrations/001-configuration.ts';
import { createServerListsTable } from './migrations/002-server-lists.ts';
import { openDatabase } from './open-database.ts';

export type KindName = 'servers' | 'namespaces' | 'endpoints' | 'keys' | 'admin-keys' | 'limits';

/** Every object of every kind. */
interface ObjectRow {
  kind: KindName;
  name: string;
  revision: number;
  /** Unix milliseconds, here and below. */
  created_at: number;
  updated_at: number;
  /** JSON: what was PUT, defaults filled in. */
  config: string;
  /** JSON: what the gateway keeps with it. */
  state: string;
}

/** Who refers to whom; keeps the target from being deleted. */
interface ReferenceRow {
  from_kind: KindName;
  from_name: string;
  to_kind: KindName;
  to_name: string;
}

interface LabelRow {
  kind: KindName;
  name: string;
  label: string;
  value: string;
}

/** Values that only one object of a kind may have, such as the path of an endpoint. */
interface UniqueValueRow {
  kind: KindName;
  value: string;
  name: string;
}

/** Sealed upstream credentials. */
interface SealedSecretRow {
  kind: KindName;
  name: string;
  /** The map it is in: `secret_env` or `secret_headers`. */
  field: string;
  /** Its name in that map. */
  secret: string;
  /** Grows with every new value. */
  version: number;
  sealed: string;
}

/** Digests of API keys and admin keys, never the keys. */
interface CredentialRow {
  digest: string;
  kind: KindName;
  name: string;
  /** First characters, to tell keys apart; '' for imported secrets. */
  hint: string;
  created_at: number;
  /** End of a rotation's overlap. */
  expires_at: number | null;
}

interface KeyUseRow {
  kind: KindName;
  name: string;
  last_used_at: number;
}

/** One row: the number of the last change of all. */
interface RevisionRow {
  id: number;
  value: number;
}

/** Detects a key file that does not belong to this database. */
interface KeyFileRow {
  file: string;
  proof: string;
}

interface ChangeRow {
  revision: number;
  time: number;
  actor: string;
  action: string;
  kind: KindName;
  name: string;
  /** JSON, without secrets. */
  diff: string;
  request_id: string;
  source: string;
}

/** The last good lists of a server, as it gave them. */
interface ServerListRow {
  kind: 'servers';
  name: string;
  /** The revision of the server's configuration (`ServerRuntime.revision`). */
  revision: number;
  /** Capability profile of the clients it was listed for. */
  profile: string;
  /** JSON. */
  lists: string;
}

export interface ConfigurationTables {
  objects: ObjectRow;
  object_references: ReferenceRow;
  object_labels: LabelRow;
  unique_values: UniqueValueRow;
  sealed_secrets: SealedSecretRow;
  credentials: CredentialRow;
  key_uses: KeyUseRow;
  server_lists: ServerListRow;
  revision: RevisionRow;
  key_files: KeyFileRow;
  changes: ChangeRow;
}

export type ConfigurationDatabase = Kysely<ConfigurationTables>;
/** Inside a transaction, or the database itself where reading outside one is good enough. */
export type Reader = Kysely<ConfigurationTables>;
export type Writer = Transaction<ConfigurationTables>;

/** In order; a step that was released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-configuration': { up: createConfigurationTables },
  '002-server-lists': { up: createServerListsTable },
};

/** Opens `sluice.db`; a 2xx of the API survives a power cut. */
export function openConfigurationDatabase(file: string): Promise<ConfigurationDatabase> {
  return openDatabase({ file, synchronous: 'full', migrations: MIGRATIONS, checkIntegrity: true });
}
