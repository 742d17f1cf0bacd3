/** What the checks work on, and what they come to. */
import type { Reason } from '@sluice/contract/reasons';
import type { Identity } from '../identity/identify.ts';
import type { KnownKey } from '../identity/known-keys.ts';
import type { DecisionInput } from './decision-input.ts';
import type { EndpointPolicy, KeyPolicy } from './policy.ts';

/** One request, looked up once. */
export interface Facts {
  readonly input: DecisionInput;
  /** Undefined when there is none at this path. */
  readonly endpoint: EndpointPolicy | undefined;
  readonly identity: Identity;
  /** Origin that clients use, from `SLUICE_PUBLIC_URL`. */
  readonly publicOrigin: string;
}

/** Refuses with a reason, or has nothing against it. */
export type Check = (facts: Facts) => Refusal | undefined;

export interface Refusal {
  readonly reason: Reason;
  /** For a person: what is wrong and what to do. */
  readonly message: string;
}

export interface Denial extends Refusal {
  readonly outcome: 'deny';
  readonly endpoint: EndpointPolicy | undefined;
  /** The key that was presented, if it is one of ours. */
  readonly key: KeyPolicy | undefined;
}

export interface Allowance {
  readonly outcome: 'allow';
  readonly endpoint: EndpointPolicy;
  readonly principal: string;
  /** Undefined on an open endpoint. */
  readonly key: KnownKey | undefined;
  /** Id of the secret that was presented. */
  readonly secret: string | undefined;
  /** Unix milliseconds. */
  readonly keyExpiresAt: number | undefined;
  readonly preflight: boolean;
}

export type Verdict = Allowance | Denial;
