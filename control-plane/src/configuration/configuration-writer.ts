/** Every write of configuration: one transaction for the object, its change record and the revision, then publication. */
import { isDeepStrictEqual } from 'node:util';
import { type DiffEntry, diff } from '../changes/diff.ts';
import { type ChangeAction, recordChange } from '../changes/record-change.ts';
import type { PolicyChange } from '../decision/policy.ts';
import type { DecisionLink } from '../decision-link/decision-link.ts';
import { Problem } from '../http/problem.ts';
import type { Origin } from '../http/route.ts';
import type {
  ConfigurationDatabase,
  KindName,
  Reader,
  Writer,
} from '../storage/configuration-database.ts';
import { type Conditions, checkConditions } from './conditions.ts';
import type { CommonConfig, Kind, Stored } from './kind.ts';
import { createObjectStore } from './object-store.ts';
import { checkReferences, checkUnique } from './references.ts';
import { nextRevision } from './revision.ts';
import { createTurns } from './turns.ts';

/** What an object is to become. */
export interface Draft<C, S> {
  readonly config: C;
  readonly state: S;
  /** Changes of secrets: rows beside the object, and what the record may say of them. */
  readonly secrets?: {
    readonly diff: readonly DiffEntry[];
    /** Runs after the object is written; gets its revision. */
    store(db: Writer): Promise<void>;
  };
}

export interface Write<C extends CommonConfig, S, R> {
  readonly kind: Kind<C, S>;
  readonly name: string;
  readonly origin: Origin;
  readonly conditions: Conditions;
  readonly dryRun: boolean;
  /** Throws 404 if there is no such object, whatever the conditions say. */
  readonly mustExist?: boolean;
  /** In the record; create and replace are told apart by themselves. */
  readonly action?: ChangeAction;
  /**
   * The next value; undefined deletes. Throws problems. Runs inside the transaction; `revision` is
   * what the object gets if it changes.
   */
  next(
    before: Stored<C, S> | undefined,
    db: Writer,
    revision: number,
  ): Promise<Draft<C, S> | undefined>;
  /** The object as the reply shows it; of a deleted one as it was. */
  present(object: Stored<C, S>, db: Reader): Promise<R>;
}

export interface Written<R> {
  readonly outcome: 'created' | 'replaced' | 'unchanged' | 'deleted';
  readonly revision: number;
  readonly object: R;
  /** Absent on a dry run. */
  readonly applied?: boolean;
}

export type PolicyStep = Omit<PolicyChange, 'version' | 'full'>;

/**
 * The step of the policy that a write makes, read inside its transaction; undefined for kinds that
 * decisions do not know.
 */
export type PolicyOf = (
  db: Reader,
  kind: KindName,
  name: string,
) => Promise<PolicyStep | undefined>;

export interface WriterDeps {
  readonly db: ConfigurationDatabase;
  readonly decisions: Pick<DecisionLink, 'publish' | 'readySidecars'>;
  readonly policyOf: PolicyOf;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface ConfigurationWriter {
  write<C extends CommonConfig, S, R>(write: Write<C, S, R>): Promise<Written<R>>;
}

export function createConfigurationWriter(deps: WriterDeps): ConfigurationWriter {
  // Publication must follow the order of commits, so both happen in one turn.
  const inTurn = createTurns();
  let lastApplied = Promise.resolve({ applied: true });
  return {
    async write(write) {
      const { written, published } = await inTurn(async () => {
        const { result, policy } = await transact(deps, write);
        if (policy) lastApplied = deps.decisions.publish(policy);
        return { written: result, published: { result: lastApplied } };
      });
      if (write.dryRun) return written;
      const { applied } = await published.result;
      return { ...written, applied: applied || (await isCurrent(deps, written)) };
    },
  };
}

/** An unchanged object is in use unless an earlier change still waits for a sidecar. */
async function isCurrent<R>({ decisions }: WriterDeps, { outcome }: Written<R>): Promise<boolean> {
  return outcome === 'unchanged' && (await decisions.readySidecars()) > 0;
}

interface Transacted<R> {
  readonly result: Written<R>;
  /** Absent if nothing was changed that decisions know. */
  readonly policy?: PolicyChange;
}

/** A dry run does everything that a real one does, and rolls it back. */
async function transact<C extends CommonConfig, S, R>(
  deps: WriterDeps,
  write: Write<C, S, R>,
): Promise<Transacted<R>> {
  const trx = await deps.db.startTransaction().execute();
  try {
    const result = await writeObject(deps, trx, write);
    if (write.dryRun || result.outcome === 'unchanged') {
      await trx.rollback().execute();
      return { result };
    }
    const step = await deps.policyOf(trx, write.kind.kind, write.name);
    const version = result.revision;
    await trx.commit().execute();
    return step ? { result, policy: { version, full: false, ...step } } : { result };
  } catch (error) {
    if (!trx.isCommitted && !trx.isRolledBack) await trx.rollback().execute();
    throw error;
  }
}

async function writeObject<C extends CommonConfig, S, R>(
  { now }: WriterDeps,
  db: Writer,
  write: Write<C, S, R>,
): Promise<Written<R>> {
  const { kind, name } = write;
  const before = await createObjectStore(kind).get(db, name);
  if (!before && write.mustExist) throw notFound(kind, name);
  checkConditions(write.conditions, before);
  const revision = await nextRevision(db);
  const draft = await write.next(before, db, revision);
  const step = { before, revision, time: now() };
  if (draft) return putObject(db, write, draft, step);
  if (before) return deleteObject(db, write, before, step);
  throw notFound(kind, name);
}

interface Step<C, S> {
  readonly before: Stored<C, S> | undefined;
  readonly revision: number;
  readonly time: number;
}

async function putObject<C extends CommonConfig, S, R>(
  db: Writer,
  { kind, name, origin, action, present }: Write<C, S, R>,
  { config, state, secrets }: Draft<C, S>,
  { before, revision, time }: Step<C, S>,
): Promise<Written<R>> {
  const secretDiff = secrets?.diff ?? [];
  if (before && secretDiff.length === 0 && isSame({ config, state }, before)) {
    const object = await present(before, db);
    return { outcome: 'unchanged', revision: before.revision, object };
  }
  await checkReferences(db, kind.references(config));
  await checkUnique(db, kind, name, config);
  const createdAt = before?.createdAt ?? time;
  const after = { name, revision, createdAt, updatedAt: time, config, state };
  await createObjectStore(kind).put(db, after);
  await secrets?.store(db);
  await recordChange(db, {
    ...{ revision, time, origin, name, kind: kind.kind },
    action: action ?? (before ? 'replace' : 'create'),
    diff: [...diff(before?.config, config), ...secretDiff],
  });
  const object = await present(after, db);
  return { outcome: before ? 'replaced' : 'created', revision, object };
}

async function deleteObject<C extends CommonConfig, S, R>(
  db: Writer,
  { kind, name, origin, present }: Write<C, S, R>,
  before: Stored<C, S>,
  { revision, time }: Step<C, S>,
): Promise<Written<R>> {
  const object = await present(before, db);
  await createObjectStore(kind).delete(db, name);
  await recordChange(db, {
    ...{ revision, time, origin, name, kind: kind.kind },
    action: 'delete',
    diff: diff(before.config, undefined),
  });
  return { outcome: 'deleted', revision, object };
}

/** 404 for an object that is not there. */
export function notFound<C extends CommonConfig, S>(kind: Kind<C, S>, name: string): Problem {
  return new Problem('not-found', `there is no ${kind.noun} "${name}"`);
}

/** Compared as stored: an absent field and an undefined one are the same. */
function isSame<C, S>(
  draft: Pick<Stored<C, S>, 'config' | 'state'>,
  before: Stored<C, S>,
): boolean {
  const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return (
    isDeepStrictEqual(stored(draft.config), stored(before.config)) &&
    isDeepStrictEqual(stored(draft.state), stored(before.state))
  );
}
