/** Progress tokens of our own towards upstreams: those of different clients may be the same. */
import { replaceSpan, spanOf } from './json/value-span.ts';

export interface WithOwnToken {
  readonly params: Buffer | undefined;
  /** JSON bytes of the client's own token; undefined when it sent none. */
  readonly clientToken: Buffer | undefined;
}

/** `id` in place of the client's progress token. A client without one gets none. */
export function withOwnToken(params: Buffer | undefined, id: number): WithOwnToken {
  const span = params && spanOf(params, '_meta', 'progressToken');
  if (!params || !span) return { params, clientToken: undefined };
  return {
    params: replaceSpan(params, span, Buffer.from(String(id))),
    clientToken: params.subarray(span.start, span.end),
  };
}
