/** Talks to the inspector of a running Node process, opened by SIGUSR1: no flag at its start, no cost before. */
import { once } from 'node:events';
import { waitFor } from '../../testing/wait-for.ts';

const INSPECTOR = 'http://127.0.0.1:9229/json/list';

export interface Inspector {
  command(method: string, params?: unknown): Promise<unknown>;
  close(): void;
}

/** Rejects when the inspector does not open, or belongs to another process (port 9229 is taken). */
export async function openInspector(pid: number): Promise<Inspector> {
  process.kill(pid, 'SIGUSR1');
  const url = await waitFor(async () => {
    const targets = (await (await fetch(INSPECTOR)).json()) as { webSocketDebuggerUrl: string }[];
    return targets[0]?.webSocketDebuggerUrl;
  }, 'the inspector on port 9229');
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data));
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });

  const command = (method: string, params: unknown = {}) => {
    const waiter = Promise.withResolvers<unknown>();
    const id = ++lastId;
    waiting.set(id, waiter);
    socket.send(JSON.stringify({ id, method, params }));
    return waiter.promise;
  };
  return { command, close: () => socket.close() };
}
