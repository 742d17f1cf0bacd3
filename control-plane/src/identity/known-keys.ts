/** The keys of the policy, found by secret or by name at a cost that does not grow with their number. */
import { hash } from 'node:crypto';
import type { KeyDigest } from '../credentials/key-digest.ts';
import type { KeyPolicy } from '../decision/policy.ts';
import { ruleSetId } from '../decision/rule-set-id.ts';

/** A key with what would otherwise be computed for each request. */
export interface KnownKey {
  readonly policy: KeyPolicy;
  readonly ruleSet: string;
  /** Endpoint names; undefined = all. */
  readonly grants: ReadonlySet<string> | undefined;
}

export interface KnownSecret {
  readonly key: KnownKey;
  /** As claims and revocations name it. */
  readonly id: string;
  /** End of the overlap, of a secret that was rotated away. */
  readonly expiresAt: number | undefined;
}

export interface KnownKeys {
  set(name: string, policy: KeyPolicy | null): void;
  byName(name: string): KeyPolicy | undefined;
  bySecret(secret: string): KnownSecret | undefined;
  names(): readonly string[];
}

/** Secrets that were good lately and are found without their keyed digest. */
const MAX_RECENT = 10_000;

export function createKnownKeys(digest: KeyDigest): KnownKeys {
  const byName = new Map<string, KeyPolicy>();
  const byDigest = new Map<string, KnownSecret>();
  /** By plain SHA-256, which costs a quarter of an HMAC; the secrets themselves are not kept. */
  const recent = new Map<string, KnownSecret>();
  return {
    set(name, policy) {
      recent.clear();
      for (const secret of byName.get(name)?.secrets ?? []) {
        // Only our own: a digest may have moved to another key in the same change.
        if (byDigest.get(secret.digest)?.key.policy.name === name) byDigest.delete(secret.digest);
      }
      byName.delete(name);
      if (!policy) return;
      byName.set(name, policy);
      const key = knownKey(policy);
      for (const secret of policy.secrets) {
        const { digest: of, expiresAt } = secret;
        byDigest.set(of, { key, id: secretId(of), expiresAt });
      }
    },
    byName: (name) => byName.get(name),
    bySecret(secret) {
      const brief = hash('sha256', secret, 'base64url');
      const seen = recent.get(brief);
      if (seen) return seen;
      const known = byDigest.get(digest(secret));
      if (recent.size >= MAX_RECENT) recent.clear();
      if (known) recent.set(brief, known);
      return known;
    },
    names: () => [...byName.keys()],
  };
}

export function knownKey(policy: KeyPolicy): KnownKey {
  return {
    policy,
    ruleSet: ruleSetId(policy.rules),
    grants: policy.endpoints.includes('*') ? undefined : new Set(policy.endpoints),
  };
}

/** Names a secret without helping to find it: part of its keyed digest. */
export function secretId(digest: string): string {
  return digest.slice(0, 12);
}
