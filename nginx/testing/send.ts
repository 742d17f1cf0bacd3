/** One HTTP request by a test, path and headers exactly as given. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface Outgoing {
  readonly method?: string;
  /** Sent as it is, never normalised. */
  readonly path: string;
  /** In pairs where one name has several lines. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string | Buffer;
  /** Without Content-Length. */
  readonly chunked?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON. Throws `SyntaxError` if it is something else. */
  json<T = unknown>(): T;
}

/** A body makes it a POST. */
export function send(port: number, outgoing: Outgoing): Promise<Reply> {
  const { path, body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = outgoing;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: headers as never, agent: false },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          json: () => JSON.parse(text),
        });
      },
    );
    sent.on('error', reject);
    if (body !== undefined && !outgoing.chunked && !hasLength(headers)) {
      sent.setHeader('Content-Length', Buffer.byteLength(body));
    }
    sent.end(body);
  });
}

function hasLength(headers: Outgoing['headers']): boolean {
  return (
    Array.isArray(headers) || Object.keys(headers ?? {}).some((n) => /^content-length$/i.test(n))
  );
}
