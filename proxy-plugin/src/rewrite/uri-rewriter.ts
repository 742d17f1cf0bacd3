/** Gives the URIs in a response their visible form while it streams by; every other byte stays as it is. */
import { JsonScanner, MAX_DEPTH } from '../upstream/json/json-scanner.ts';
import { URI_PATHS, type UriMethod, type UriPath } from './uri-paths.ts';

export interface UriRewriter {
  /** What goes out for `chunk`; the beginning of a URI is kept until its end is there. Throws `JsonError`. */
  push(chunk: Buffer): readonly Buffer[];
}

/** Deep enough for `result.messages[].content[].resource.uri`. */
const WATCHED_DEPTH = 7;
/** 64 KiB: a longer URI is passed on as it is, so that memory stays bounded. */
const MAX_URI_BYTES = 64 * 1024;
const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;

/** For one response to `method`. Most have no URI and come in one piece, which is looked at but not scanned. */
export function createUriRewriter(
  method: UriMethod,
  toVisible: (uri: string) => string,
): UriRewriter {
  let unscanned: Buffer | undefined;
  let scanning: UriRewriter | undefined;
  return {
    push(chunk) {
      if (!scanning && !unscanned && !mayHoldUri(chunk)) {
        unscanned = chunk;
        return [chunk];
      }
      if (!scanning) {
        scanning = createScanningRewriter(method, toVisible);
        // It has gone out as it is: no URI begins in it.
        if (unscanned) scanning.push(unscanned);
      }
      return scanning.push(chunk);
    },
  };
}

/** Whether the key `uri` is in it, perhaps written with escapes. */
function mayHoldUri(chunk: Buffer): boolean {
  return chunk.includes('uri') || chunk.includes('\\u');
}

function createScanningRewriter(
  method: UriMethod,
  toVisible: (uri: string) => string,
): UriRewriter {
  const output = createOutput(toVisible);
  /** Per depth: the path that its container is on, whether that is an array, the key read last. */
  const paths: (UriPath | undefined)[] = [undefined, URI_PATHS[method]];
  const isArray: boolean[] = [];
  const keys: string[] = [];
  const scanner = new JsonScanner(
    {
      key(depth, raw) {
        keys[depth] = raw;
      },
      valueStart(depth, offset, first) {
        const path = depth === 0 ? paths[1] : stepOf(paths[depth], isArray[depth], keys[depth]);
        paths[depth + 1] = path;
        isArray[depth + 1] = first === OPEN_ARRAY;
        if (path?.isUri && first === QUOTE) output.uriStarts(offset);
      },
      valueEnd(_, offset) {
        output.valueEnds(offset);
      },
    },
    { maxDepth: MAX_DEPTH, watchedDepth: WATCHED_DEPTH },
  );
  return {
    push(chunk) {
      output.begin(chunk);
      scanner.push(chunk);
      return output.finish();
    },
  };
}

function stepOf(
  path: UriPath | undefined,
  isArray: boolean | undefined,
  key: string | undefined,
): UriPath | undefined {
  if (!path) return undefined;
  return isArray ? path.items : path.members?.get(decoded(key ?? ''));
}

/** The pieces that go out for a chunk. A URI is a string, so nothing starts or ends inside of it. */
function createOutput(toVisible: (uri: string) => string) {
  let chunk: Buffer = Buffer.alloc(0);
  /** Offset of the chunk in the response; index in it of the first byte that is not copied yet. */
  let base = 0;
  let from = 0;
  let pieces: Buffer[] = [];
  let held: Buffer[] | undefined;
  let heldBytes = 0;

  const copyTo = (index: number) => {
    const piece = chunk.subarray(from, index);
    from = index;
    if (piece.length === 0) return;
    if (!held) {
      pieces.push(piece);
      return;
    }
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= MAX_URI_BYTES) return;
    pieces.push(...held);
    held = undefined;
  };
  return {
    begin(next: Buffer) {
      chunk = next;
      from = 0;
      pieces = [];
    },
    finish(): readonly Buffer[] {
      copyTo(chunk.length);
      base += chunk.length;
      return pieces;
    },
    uriStarts(offset: number) {
      copyTo(offset - base);
      held = [];
      heldBytes = 0;
    },
    valueEnds(offset: number) {
      if (!held) return;
      copyTo(offset - base);
      if (held) pieces.push(visibleLiteral(Buffer.concat(held), toVisible));
      held = undefined;
    },
  };
}

/** A JSON string with the visible URI; `literal` itself if its escapes are broken. */
function visibleLiteral(literal: Buffer, toVisible: (uri: string) => string): Buffer {
  try {
    return Buffer.from(JSON.stringify(toVisible(String(JSON.parse(literal.toString())))));
  } catch {
    return literal;
  }
}

function decoded(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}
