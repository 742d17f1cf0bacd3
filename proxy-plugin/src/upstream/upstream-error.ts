/** A failure of an upstream as an error, for the paths that await instead of streaming. */
import type { UpstreamFailure } from './upstream.ts';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** An error for a call that surely did not reach the server. */
export function notRun(reason: UpstreamFailure['reason'], message: string): UpstreamError {
  return new UpstreamError({ reason, message, notRun: true });
}

/** An error for a call that comes while the next try is put off because of `failure`. */
export function putOff(
  reason: UpstreamFailure['reason'],
  failure: UpstreamFailure,
  waitMs: number,
): UpstreamError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `${failure.message} The next try is in ${retryAfterSeconds} s.`;
  return new UpstreamError({ reason, message, notRun: true, retryAfterSeconds });
}

/** The failure that `error` stands for. Of an unexpected error only the kind is told: its text may quote a secret. */
export function failureOf(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  const message = `The upstream could not be used: unexpected ${String(code ?? name ?? 'error')}.`;
  return { reason: 'start_failed', message, notRun: true };
}
