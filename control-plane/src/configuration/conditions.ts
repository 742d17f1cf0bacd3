/** Conditional writes: `If-Match`, `If-None-Match: *` (RFC 9110 §13.1), and a `revision` sent back. */
import { Problem } from '../http/problem.ts';

export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly revision?: number | undefined;
}

/** The conditions of a validated request. */
export function conditionsOf(input: {
  readonly headers: {
    readonly 'if-match'?: string | undefined;
    readonly 'if-none-match'?: string | undefined;
  };
  readonly sentRevision: number | undefined;
}): Conditions {
  return {
    ifMatch: input.headers['if-match'],
    ifNoneMatch: input.headers['if-none-match'],
    revision: input.sentRevision,
  };
}

export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/** Throws 412 if the object, or its absence, is not what the client thinks. */
export function checkConditions(
  conditions: Conditions,
  object: { readonly revision: number } | undefined,
): void {
  const { ifMatch, ifNoneMatch, revision } = conditions;
  if (ifMatch !== undefined && !matches(ifMatch, object)) {
    throw failed(`If-Match is ${ifMatch}`, object);
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, object)) {
    throw failed(`If-None-Match is ${ifNoneMatch}`, object);
  }
  if (revision !== undefined && revision !== object?.revision) {
    throw failed(`revision is ${revision}`, object);
  }
}

function matches(header: string, object: { readonly revision: number } | undefined): boolean {
  if (!object) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(entityTag(object.revision));
}

function failed(given: string, object: { readonly revision: number } | undefined): Problem {
  const current = object ? `its revision is ${object.revision}` : 'it does not exist';
  return new Problem('precondition-failed', `${given}, but ${current}: read it again`);
}
