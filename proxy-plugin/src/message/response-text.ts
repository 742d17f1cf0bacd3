/** JSON-RPC responses as bytes, the client's id as it was sent. */

const HEAD = '{"jsonrpc":"2.0","id":';
const END = Buffer.from('}');

/** A result whose JSON is ready. */
export function resultResponse(id: Buffer, result: string): Buffer {
  return Buffer.from(`${HEAD}${id.toString()},"result":${result}}`);
}

/** As `resultResponse`, in pieces: a long list is not copied for each client that asks for it. */
export function resultPieces(id: Buffer, result: Buffer): readonly Buffer[] {
  return [Buffer.from(`${HEAD}${id.toString()},"result":`), result, END];
}

/** As `resultPieces`, with a `nextCursor` in the result, which must have other members already. */
export function pagePieces(id: Buffer, result: Buffer, nextCursor: string): readonly Buffer[] {
  const page = resultPieces(id, result.subarray(0, -1));
  const cursor = Buffer.from(`,"nextCursor":${JSON.stringify(nextCursor)}}`);
  return [...page.slice(0, -1), cursor, END];
}

/** An error; `id` is left out where none could be read (MCP has no null ids). */
export function errorResponse(
  id: Buffer | undefined,
  code: number,
  message: string,
  data?: unknown,
): Buffer {
  const error = JSON.stringify({ code, message, ...(data !== undefined && { data }) });
  const member = id ? `"id":${id.toString()},` : '';
  return Buffer.from(`{"jsonrpc":"2.0",${member}"error":${error}}`);
}
