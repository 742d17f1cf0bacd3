import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { PolicyChange } from '../decision/policy.ts';
import { ENDPOINTS, endpointConfig } from '../endpoints/endpoint.ts';
import { NAMESPACES, namespaceConfig } from '../namespaces/namespace.ts';
import {
  type ConfigurationDatabase,
  openConfigurationDatabase,
} from '../storage/configuration-database.ts';
import { createConfigurationWriter, type PolicyOf } from './configuration-writer.ts';
import { currentRevision } from './revision.ts';

const ORIGIN = { actor: { name: 'test', scope: 'owner' }, requestId: 'r', userAgent: '' } as const;
const policyOf: PolicyOf = async (_, kind, name) => ({ [kind]: { [name]: null } });

describe('the configuration writer', () => {
  let folder: string;
  let db: ConfigurationDatabase;
  /** What a decision loop that answers as it is told has heard. */
  let published: PolicyChange[] = [];
  let answer: () => Promise<{ applied: boolean }>;
  let ready = 0;

  const writer = () =>
    createConfigurationWriter({
      db,
      policyOf,
      now: Date.now,
      decisions: {
        readySidecars: async () => ready,
        publish(change) {
          published.push(change);
          return answer();
        },
      },
    });
  const put = (using: ReturnType<typeof writer>, name: string, description?: string) =>
    using.write({
      ...{ kind: NAMESPACES, name, origin: ORIGIN, conditions: {}, dryRun: false },
      next: async () => ({
        config: namespaceConfig.parse({ members: [], description }),
        state: {},
      }),
      present: async (object) => object,
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-writer-'));
    db = await openConfigurationDatabase(join(folder, 'sluice.db'));
    answer = async () => ({ applied: true });
  });
  after(async () => {
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  it('publishes concurrent writes in the order of their commits, each under its revision', async () => {
    published = [];
    const using = writer();
    const names = Array.from({ length: 20 }, (_, i) => `n-${i}`);
    const written = await Promise.all(names.map((name) => put(using, name)));
    const revisions = written.map(({ revision }) => revision);
    assert.deepEqual(
      published.map(({ version }) => version),
      revisions.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(revisions).size, names.length);
  });

  it('says when a change is committed but not applied everywhere yet', async () => {
    const using = writer();
    answer = async () => ({ applied: false });
    assert.equal((await put(using, 'late')).applied, false);
    const again = await put(using, 'late');
    assert.deepEqual([again.outcome, again.applied], ['unchanged', false]);
    ready = 1;
    assert.equal((await put(using, 'late')).applied, true);
    answer = async () => ({ applied: true });
  });

  it('never calls a change that could not be published a success', async () => {
    answer = () => Promise.reject(new Error('the decision loop failed'));
    await assert.rejects(put(writer(), 'unpublished'), /the decision loop failed/);
    answer = async () => ({ applied: true });
  });

  it('a write that fails changes and publishes nothing, and lets the next one through', async () => {
    published = [];
    const using = writer();
    const failing = using.write({
      ...{ kind: ENDPOINTS, name: 'e', origin: ORIGIN, conditions: {}, dryRun: false },
      next: async () => ({
        config: endpointConfig.parse({ namespace: 'late', path: 'e' }),
        state: {},
        secrets: { diff: [], store: () => Promise.reject(new Error('no')) },
      }),
      present: async (object) => object,
    });
    await assert.rejects(failing, /no/);
    const rows = await db
      .selectFrom('objects')
      .select('name')
      .where('kind', '=', 'endpoints')
      .execute();
    assert.deepEqual([rows, published], [[], []]);
    assert.equal((await put(using, 'next')).outcome, 'created');
  });

  it('a full disk refuses a write whole, and the next one goes through when there is room', async () => {
    const using = writer();
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit(pages.rows[0]?.page_count ?? 0)}`.execute(db);
    let written = 0;
    const fill = async () => {
      for (; written < 500; written++) await put(using, `fill-${written}`, 'x'.repeat(1000));
    };
    await assert.rejects(fill(), { code: 'SQLITE_FULL' });
    const revision = await currentRevision(db);
    await sql`pragma max_page_count = 1000000`.execute(db);
    const next = await put(using, `fill-${written}`);
    assert.deepEqual([next.outcome, next.revision], ['created', revision + 1]);
  });
});
