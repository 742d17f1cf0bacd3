/** An open response stream of a test, read as it comes. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { waitFor } from '../../scripts/testing/wait-for.ts';

export interface OpenStream {
  readonly status: number;
  /** Resolves once all of `text` has come since the last call. */
  received(text: string): Promise<void>;
  /** Bytes so far. */
  size(): number;
  /** Rejects if the stream was broken off. */
  readonly ended: Promise<void>;
  abort(): void;
}

/** Resolves with the response's head. */
export async function openStream(target: {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Promise<OpenStream> {
  const sent = request({ host: '127.0.0.1', agent: false, ...target });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  let size = 0;
  response.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    size += chunk.length;
  });
  const ended = new Promise<void>((resolve, reject) => {
    response.on('end', resolve).on('error', reject);
  });
  ended.catch(() => {}); // a test that aborts does not wait for it
  return {
    status: response.statusCode ?? 0,
    async received(expected) {
      await waitFor(() => text.includes(expected), `"${expected}" on the stream`);
      text = text.slice(text.indexOf(expected) + expected.length);
    },
    size: () => size,
    ended,
    abort: () => sent.destroy(),
  };
}
