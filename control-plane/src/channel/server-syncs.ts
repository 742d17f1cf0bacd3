/** Requests to reconnect and list a server now, asked of every sidecar. */
import type { PluginMessages } from '@sluice/contract/frames';
import type { Sidecars } from './sidecars.ts';

export interface ServerSyncs {
  /** Resolves when every sidecar has answered, with the first error. Rejects only if there is none. */
  start(server: string): Promise<{ readonly error?: string }>;
  synced(answer: PluginMessages['synced']): void;
}

/** A cold `npx` server downloads itself first. */
const SYNC_TIMEOUT_MS = 120_000;

type SyncResult = { readonly error?: string };

export function createServerSyncs(sidecars: Sidecars, timeoutMs = SYNC_TIMEOUT_MS): ServerSyncs {
  const pending = new Map<number, (result: SyncResult) => void>();
  let lastId = 0;
  const askOne = (ask: (id: number) => void) =>
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
      pending.set(id, settle);
      ask(id);
    });
  return {
    async start(server) {
      const connected = sidecars.all();
      if (connected.length === 0) {
        throw new Error('No sidecar is connected: nothing can reach the server at this moment.');
      }
      const results = await Promise.all(
        connected.map(({ connection }) => askOne((id) => connection.send('sync', { id, server }))),
      );
      return results.find(({ error }) => error !== undefined) ?? {};
    },
    synced({ id, error }) {
      pending.get(id)?.(error === undefined ? {} : { error });
    },
  };
}
