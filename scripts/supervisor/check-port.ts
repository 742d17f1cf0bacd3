/** Whether the gateway can listen where it is told to, asked before anything is started. */
import { createServer } from 'node:net';
import type { ListenAddress } from './listen-address.ts';
import { StartError } from './start-error.ts';

const FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another process; stop that one',
  EADDRNOTAVAIL: 'is no address of this machine',
  EACCES: 'needs root, which SLUICE_USER gave up, or a lower net.ipv4.ip_unprivileged_port_start',
};

/** Throws `StartError` naming `setting` and the port when `address` can't be listened on. */
export async function checkPort(setting: string, address: ListenAddress): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server
        .once('error', reject)
        .listen({ host: address.host, port: address.port, exclusive: true }, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const fault = FAULTS[code] ?? `can't be listened on (${code || String(error)})`;
    throw new StartError(
      `${setting}: port ${address.port} of ${address.text} ${fault}, or set ${setting} to another address`,
      {
        cause: error,
      },
    );
  } finally {
    server.close();
  }
}
