/** The decision header: what the decision loop tells the sidecar, under an HMAC bound to the request. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Reason } from './reasons.ts';

/** Claims of an allowed request. Short names: the header rides on every request. */
export interface DecisionClaims {
  /** Principal: a key's subject or lineage; `ip:<address>` on an open endpoint. */
  readonly principal: string;
  /** Whether the principal was authenticated; an open endpoint isolates by session instead. */
  readonly authenticated: boolean;
  /** Key name, absent on an open endpoint. */
  readonly key?: string;
  /** Which secret of the key: open streams of a secret that ends early are closed by it. */
  readonly secret?: string;
  /** Snapshot version the decision was taken on; an older sidecar catches up first. */
  readonly version: number;
  readonly ruleSet: string;
  /** Unix milliseconds after which the decision is worth nothing. */
  readonly expiresAt: number;
  /** Unix milliseconds at which the key expires: open streams end then. */
  readonly keyExpiresAt?: number;
  /** Whether a `call` limit may match: the sidecar asks before it calls anything but what is `charged`. */
  readonly ask: boolean;
  /** Values of the headers that limits count by; only when `ask` needs them. */
  readonly limitHeaders?: Readonly<Record<string, string>>;
  /** The call whose `call` limits have been charged: for any other one the sidecar asks. */
  readonly charged?: ChargedCall;
  /** A CORS preflight: answer it, do nothing else. */
  readonly preflight?: boolean;
  /** Do nothing but say this on the stream of the client's session (HTTP+SSE, route `message`). */
  readonly refused?: RefusedMessage;
}

/** By its original name. */
export interface ChargedCall {
  readonly server: string;
  readonly name: string;
}

/** A refusal that reaches its client as a reply: over HTTP, classic clients take it for the end of all. */
export interface RefusedMessage {
  readonly reason: Reason;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** What the signature is bound to: the same strings NGINX gave to both planes. */
export interface DecisionBinding {
  readonly requestId: string;
  readonly endpoint: string;
  readonly route: string;
  readonly httpMethod: string;
}

/** When a decision taken `now` is worth nothing any more: on a whole second, so that many are equal. */
export function decisionExpiry(now: number): number {
  return Math.ceil((now + DECISION_LIFETIME_MS) / 1000) * 1000;
}

/** How long a decision may wait between NGINX and the sidecar, a slow upload included. */
export const DECISION_LIFETIME_MS = 60_000;

/** `<base64url claims>.<base64url HMAC-SHA-256>`, under 1 kB. */
export function signDecision(key: KeyObject, claims: DecisionClaims, to: DecisionBinding): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${mac(key, payload, to)}`;
}

export type VerifiedDecision =
  | { readonly ok: true; readonly claims: DecisionClaims }
  | { readonly ok: false; readonly reason: 'absent' | 'forged' | 'expired' };

/** Checks signature, binding and expiry of a decision header. Never throws. */
export function verifyDecision(
  key: KeyObject,
  header: string | undefined,
  to: DecisionBinding,
  now: number,
): VerifiedDecision {
  if (!header) return { ok: false, reason: 'absent' };
  const dot = header.indexOf('.');
  const payload = header.slice(0, Math.max(dot, 0));
  // As text: several spellings of base64url decode to the same bytes, only one is what we wrote.
  const given = Buffer.from(header.slice(dot + 1));
  const expected = Buffer.from(mac(key, payload, to));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { ok: false, reason: 'forged' };
  }
  const claims = claimsIn(payload);
  return now < claims.expiresAt ? { ok: true, claims } : { ok: false, reason: 'expired' };
}

/** By payload: a principal's decisions of one second are the same, but for the request they are bound to. */
const recentClaims = new Map<string, DecisionClaims>();
const MOST_RECENT = 1_000;

/** Of a payload whose signature is genuine. */
function claimsIn(payload: string): DecisionClaims {
  const known = recentClaims.get(payload);
  if (known) return known;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as DecisionClaims;
  if (recentClaims.size >= MOST_RECENT) recentClaims.clear();
  recentClaims.set(payload, claims);
  return claims;
}

function mac(key: KeyObject, payload: string, to: DecisionBinding): string {
  return createHmac('sha256', key)
    .update(`${to.requestId}\n${to.endpoint}\n${to.route}\n${to.httpMethod}\n${payload}`)
    .digest('base64url');
}
