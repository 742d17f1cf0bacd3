/** What decisions are taken on: plain values that the storage thread publishes to the decision loop. */
import type { RuleSet } from '@sluice/contract/access';
import type { EndpointRuntime, NamespaceRules, ServerRuntime } from '@sluice/contract/snapshot';

export interface EndpointPolicy extends EndpointRuntime {
  /** Combinable; at least one. */
  readonly auth: readonly ('none' | 'key')[];
  /** Whether `?api_key=` / `?apikey=` count. */
  readonly queryKey: boolean;
}

/** One secret of a key: the current one, or the former during a rotation's overlap. */
export interface KeySecret {
  /** base64url HMAC-SHA-256 of the whole key under the pepper. */
  readonly digest: string;
  /** Unix milliseconds; end of the overlap. */
  readonly expiresAt?: number;
}

export interface KeyPolicy {
  readonly name: string;
  /** Who calls, in records and limits: the subject, else the lineage. */
  readonly principal: string;
  /** Constant over rotations. */
  readonly lineage: string;
  readonly secrets: readonly KeySecret[];
  /** Endpoint names; `*` = all. */
  readonly endpoints: readonly string[];
  readonly rules: RuleSet;
  readonly expiresAt?: number;
  readonly revoked: boolean;
}

/** What a limit counts per: `header:<lower-case name>` for those in `SLUICE_LIMIT_HEADERS`. */
export type LimitPer = 'endpoint' | 'principal' | 'key' | 'ip' | `header:${string}`;

export interface LimitPolicy {
  readonly name: string;
  /** Unix milliseconds; a limit that is created anew under an old name counts from nothing. */
  readonly createdAt: number;
  readonly mode: 'enforce' | 'observe';
  readonly unit: 'call' | 'request';
  readonly per: LimitPer;
  /** Requests per period, both > 0. */
  readonly rate: number;
  readonly periodSeconds: number;
  /** Most at once, >= 1. */
  readonly burst: number;
  /** Selector; an absent field matches all. */
  readonly endpoint?: string;
  readonly principal?: string;
  readonly server?: string;
  /** Glob on `<server>/<original name>`; only with unit `call`. */
  readonly tool?: string;
}

/** A step of the configuration: values to set, null to remove, all kinds by name. */
export interface PolicyChange {
  readonly version: number;
  /** True replaces everything (sent at start). */
  readonly full: boolean;
  readonly servers?: Readonly<Record<string, ServerRuntime | null>>;
  readonly namespaces?: Readonly<Record<string, NamespaceRules | null>>;
  readonly endpoints?: Readonly<Record<string, EndpointPolicy | null>>;
  readonly keys?: Readonly<Record<string, KeyPolicy | null>>;
  readonly limits?: Readonly<Record<string, LimitPolicy | null>>;
}
