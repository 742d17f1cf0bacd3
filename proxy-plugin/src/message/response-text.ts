/** JSON-RPC responses as text, the client's id in its own bytes. */

/** A result whose JSON is ready. */
export function resultResponse(id: Buffer, result: string | Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":'),
    id,
    Buffer.from(',"result":'),
    typeof result === 'string' ? Buffer.from(result) : result,
    Buffer.from('}'),
  ]);
}

/** An error; `id` is left out where none could be read (MCP has no null ids). */
export function errorResponse(
  id: Buffer | undefined,
  code: number,
  message: string,
  data?: unknown,
): Buffer {
  const error = JSON.stringify({ code, message, ...(data !== undefined && { data }) });
  const member = id ? `"id":${id.toString('utf8')},` : '';
  return Buffer.from(`{"jsonrpc":"2.0",${member}"error":${error}}`);
}
