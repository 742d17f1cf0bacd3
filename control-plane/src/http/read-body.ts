/** Reads a request body: JSON only, at most 1 MB. */
import { parseJson } from './parse-json.ts';
import { Problem } from './problem.ts';

export const MAX_BODY_BYTES = 1024 * 1024;

/** The parsed body; undefined when there is none. Throws 400, 413 and 415 problems. */
export async function readBody(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  checkContentType(request.headers);
  return parseJson(bytes);
}

function checkContentType(headers: Headers): void {
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset=("utf-8"|utf-8)\s*)?$/i.test(type.trim())) {
    const given = type === '' ? 'none was sent' : `not ${type}`;
    throw new Problem(
      'unsupported-media-type',
      `the body must have Content-Type: application/json (${given})`,
    );
  }
  if (headers.has('content-encoding')) {
    throw new Problem('unsupported-media-type', 'the body must not be compressed');
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem('body-too-large', `the body has more than ${MAX_BODY_BYTES} bytes`);
}
