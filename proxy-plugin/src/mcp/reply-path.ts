/** The way of a reply to the client: straight through, or past the rewriting of its URIs. */
import { toVisibleUri } from '@sluice/contract/resource-uri';
import type { ReplyWriter } from '../http/reply-writer.ts';
import { createUriRewriter } from '../rewrite/uri-rewriter.ts';
import type { CallMethod } from './find-target.ts';

export interface ReplyPath {
  /** False = wait for the writer's `onDrain`. */
  readonly chunk: (bytes: Buffer) => boolean;
  readonly end: () => void;
}

/** `server` is given when its URIs must be made visible ones. */
export function replyPath(
  writer: ReplyWriter,
  method: CallMethod,
  server: string | undefined,
): ReplyPath {
  if (server === undefined)
    return { chunk: (bytes) => writer.chunk(bytes), end: () => writer.end() };
  const rewriter = createUriRewriter(method, (uri) => toVisibleUri('prefix', server, uri));
  const pass = (pieces: readonly Buffer[]) =>
    pieces.reduce((_, piece) => writer.chunk(piece), true);
  return { chunk: (bytes) => pass(rewriter.push(bytes)), end: () => writer.end() };
}
