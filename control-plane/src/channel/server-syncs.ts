/** Requests to reconnect and list a server now, asked of every sidecar. */
import type { PluginMessages } from '@sluice/contract/frames';
import type { Sidecar, Sidecars } from './sidecars.ts';

export interface ServerSyncs {
  /** Resolves when every sidecar has answered, with the first error. Rejects only if there is none. */
  start(server: string): Promise<{ readonly error?: string }>;
  synced(answer: PluginMessages['synced']): void;
  /** The sidecar will not answer any more. */
  gone(sidecar: Sidecar): void;
}

/** A cold `npx` server downloads itself first. */
const SYNC_TIMEOUT_MS = 120_000;

type SyncResult = { readonly error?: string };

interface Pending {
  readonly sidecar: Sidecar;
  settle(result: SyncResult): void;
}

export function createServerSyncs(sidecars: Sidecars, timeoutMs = SYNC_TIMEOUT_MS): ServerSyncs {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  const askOne = (sidecar: Sidecar, server: string) =>
    new Promise<SyncResult>((resolve) => {
      lastId += 1;
      const id = lastId;
      const settle = (result: SyncResult) => {
        clearTimeout(timer);
        pending.delete(id);
        resolve(result);
      };
      const error = `The sidecar did not answer within ${timeoutMs / 1000} s.`;
      const timer = setTimeout(() => settle({ error }), timeoutMs);
      pending.set(id, { sidecar, settle });
      sidecar.connection.send('sync', { id, server });
    });
  return {
    async start(server) {
      const connected = sidecars.all();
      if (connected.length === 0) {
        throw new Error('No sidecar is connected: nothing can reach the server at this moment.');
      }
      const results = await Promise.all(connected.map((sidecar) => askOne(sidecar, server)));
      return results.find(({ error }) => error !== undefined) ?? {};
    },
    synced({ id, error }) {
      pending.get(id)?.settle(error === undefined ? {} : { error });
    },
    gone(sidecar) {
      const error = 'The sidecar went away. Another one starts by itself: try again.';
      for (const one of pending.values()) if (one.sidecar === sidecar) one.settle({ error });
    },
  };
}
