/** Reads one HTTP/1.1 reply out of bytes: just enough for a load generator, at a fraction of the cost of node:http. */

export interface HttpReply {
  readonly status: number;
  readonly sessionId: string | undefined;
  /** Whether the peer closes the connection after this reply. */
  readonly closes: boolean;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';

/** The reply that `data` starts with, or undefined while it is incomplete. Throws on a reply without a length. */
export function readReply(data: Buffer): HttpReply | undefined {
  const headEnd = data.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = data.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const body = readBody(head, status, data.subarray(headEnd + HEAD_END.length));
  if (!body) return undefined;
  return {
    status,
    sessionId: /\r\nmcp-session-id: *(\S+)/i.exec(head)?.[1],
    closes: /\r\nconnection: *close/i.test(head),
    body,
  };
}

function readBody(head: string, status: number, rest: Buffer): Buffer | undefined {
  if (status === 204 || status === 304) return rest.subarray(0, 0);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length));
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return readChunks(rest);
  throw new Error(`a reply without a length (status ${status})`);
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', offset);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', offset, lineEnd), 16);
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(start, start + size));
    offset = start + size + 2;
  }
}
