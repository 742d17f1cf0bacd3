/** Unix sockets: one file per listener, open to the gateway's own group only. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/**
 * Listens on `path`, mode 0660. A file left by a killed process goes first; that no living process
 * uses it is what the lock on the data folder ensures. Rejects with an error that names the path.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o660);
}
