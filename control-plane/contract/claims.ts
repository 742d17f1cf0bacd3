/** Who gets a visible name: its only claimant, or nobody. */

/** A visible name that several originals claim: none is shown, the status names them all. */
export interface Clash {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'template';
  readonly visibleName: string;
  readonly claimants: readonly Claimant[];
}

export interface Claimant {
  readonly server: string;
  /** Original name, URI or URI template. */
  readonly name: string;
}

export interface Claim<T> extends Claimant {
  readonly visibleName: string;
  readonly entry: T;
}

export interface Settled<T> {
  /** By visible name, in the order of the claims. */
  readonly shown: ReadonlyMap<string, T>;
  readonly clashes: readonly Clash[];
}

/** A server that lists the same original twice clashes with nobody: the first one counts. */
export function settleClaims<T>(kind: Clash['kind'], claims: readonly Claim<T>[]): Settled<T> {
  const byName = new Map<string, Claim<T>[]>();
  for (const claim of claims) {
    const rivals = byName.get(claim.visibleName);
    if (!rivals) byName.set(claim.visibleName, [claim]);
    else if (!rivals.some((rival) => isSameOriginal(rival, claim))) rivals.push(claim);
  }
  const shown = new Map<string, T>();
  const clashes: Clash[] = [];
  for (const [visibleName, rivals] of byName) {
    const [first, ...others] = rivals;
    if (first && others.length === 0) shown.set(visibleName, first.entry);
    else clashes.push({ kind, visibleName, claimants: rivals.map(claimantOf) });
  }
  return { shown, clashes };
}

function isSameOriginal(one: Claimant, other: Claimant): boolean {
  return one.server === other.server && one.name === other.name;
}

function claimantOf({ server, name }: Claimant): Claimant {
  return { server, name };
}
