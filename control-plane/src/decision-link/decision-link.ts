/** What the storage and API thread can ask of the decision loop, and what it hears from it. */
import type { CallRecord } from '@sluice/contract/call-record';
import type { ListsOfServer } from '@sluice/contract/frames';
import type { ServerLists } from '@sluice/contract/lists';
import type { UpstreamStatus } from '@sluice/contract/upstream-status';
import type { ServerTools } from '../decision/known-tools.ts';
import type { PolicyChange } from '../decision/policy.ts';

/** How limits stand for one principal, without charging them. */
export interface LimitStanding {
  readonly limit: string;
  readonly unit: 'call' | 'request';
  readonly mode: 'enforce' | 'observe';
  /** Calls left now, and seconds until one more is free when none is. */
  readonly remaining: number;
  readonly retryAfterSeconds: number;
}

export interface LimitQuestion {
  readonly endpoint: string;
  readonly principal: string;
  readonly key?: string;
  readonly clientIp?: string;
  readonly server?: string;
  readonly name?: string;
}

/** The storage thread's handle on the decision loop. */
export interface DecisionLink {
  /**
   * Makes `change` the configuration that decisions use.
   * Resolves when they do and every connected sidecar has acknowledged it (`applied: true`),
   * or after one second (`applied: false`).
   */
  publish(change: PolicyChange): Promise<{ readonly applied: boolean }>;
  /** Reconnects and lists a server now. Rejects only if no sidecar is connected. */
  syncServer(server: string): Promise<{ readonly error?: string }>;
  /** A server's tools, so that decisions know what names stand for. */
  toolsListed(tools: ServerTools): Promise<void>;
  limitStandings(question: LimitQuestion): Promise<readonly LimitStanding[]>;
  /** Counters and gauges of the decision loop and of the connected sidecars, by metric name. */
  metrics(): Promise<Readonly<Record<string, number>>>;
  /** Number of sidecars whose channel is up and whose snapshot is current. */
  readySidecars(): Promise<number>;
}

/** What the decision loop tells the storage thread. */
export interface DecisionEvents {
  /**
   * A batch to store; records already known by (source, sequence) are skipped.
   * Resolve = committed, or dropped and counted. Never rejects.
   */
  storeCalls(records: readonly CallRecord[]): Promise<void>;
  lists(server: string, revision: number, profile: string, lists: ServerLists): void;
  status(servers: readonly UpstreamStatus[]): void;
  /** The last good lists of each server. */
  knownLists(): readonly ListsOfServer[];
  /** A message of a sidecar that is not what the contract says was dropped. */
  unreadable(type: 'calls' | 'lists' | 'status', error: unknown): void;
  /** Keys used since the last report: name → Unix milliseconds. At most once in a second. */
  keysUsed(lastUsed: Readonly<Record<string, number>>): void;
  /** The process ends: finish what runs, store what came, close the databases. Resolve = done. */
  stop(): Promise<void>;
}
