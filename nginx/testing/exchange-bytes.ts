/** Bytes to a TCP port and all that comes back: what no HTTP client would send. */
import { connect } from 'node:net';

const SILENT_MS = 5_000;

/** Resolves when the other side closes; rejects if it is silent for 5 s before that. */
export function exchangeBytes(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.setTimeout(SILENT_MS, () =>
      socket.destroy(new Error(`not closed after: ${received.slice(0, 300)}`)),
    );
  });
}

/** Statuses of the responses in `text`, in order. */
export function statusesIn(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}
