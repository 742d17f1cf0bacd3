/** The error that becomes a problem+json response. */
import type { ProblemSlug } from './problem-types.ts';

/** One rejected field. */
export interface FieldError {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** JSON Pointer (RFC 6901) inside that location. */
  readonly pointer: string;
  /** Stable and machine-readable. */
  readonly code: string;
  readonly message: string;
}

interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Extension members (RFC 9457 §3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** For the log, never for the client. */
  readonly cause?: unknown;
}

/** An expected refusal. `detail` is for the client: what is wrong, where, and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemSlug;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(type: ProblemSlug, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.type = type;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.extra = options.extra ?? {};
  }
}

/** A 422 about fields of the body. */
export function unprocessable(errors: readonly Omit<FieldError, 'in'>[]): Problem {
  return new Problem('unprocessable', fieldCount(errors.length), {
    errors: errors.map((error) => ({ in: 'body', ...error })),
  });
}

export function fieldCount(count: number): string {
  return count === 1 ? '1 field was rejected' : `${count} fields were rejected`;
}
