/** Starts the generator's process and gives it orders. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { GeneratorOrder, GeneratorReply, LoadResult, LoadSpec } from './load.ts';

export interface Load {
  run(durationMs: number): Promise<LoadResult>;
  close(): Promise<void>;
}

export interface Generator {
  readonly pid: number;
  /** Opens connections and sessions. Rejects when the target refuses one. */
  prepare(spec: LoadSpec): Promise<Load>;
  stop(): void;
}

type Order = GeneratorOrder extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'id'>
    : never
  : never;

export function startGenerator(): Generator {
  const child = fork(path.join(import.meta.dirname, 'generator.ts'));
  const waiting = new Map<number, PromiseWithResolvers<LoadResult | null>>();
  let lastId = 0;

  child.on('message', (reply: GeneratorReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('failure' in reply) waiter?.reject(new Error(reply.failure));
    else waiter?.resolve(reply.result);
  });
  child.on('exit', (code) => {
    for (const waiter of waiting.values()) {
      waiter.reject(new Error(`the load generator exited (${code})`));
    }
  });

  function order(fields: Order): { id: number; done: Promise<LoadResult | null> } {
    const id = ++lastId;
    const waiter = Promise.withResolvers<LoadResult | null>();
    waiting.set(id, waiter);
    child.send({ ...fields, id });
    return { id, done: waiter.promise };
  }

  return {
    pid: child.pid ?? 0,
    async prepare(spec) {
      const prepared = order({ kind: 'prepare', spec });
      await prepared.done;
      return {
        async run(durationMs) {
          const result = await order({ kind: 'run', load: prepared.id, durationMs }).done;
          if (!result) throw new Error('unreachable: a run without a result');
          return result;
        },
        async close() {
          await order({ kind: 'close', load: prepared.id }).done;
        },
      };
    },
    stop: () => child.disconnect(),
  };
}
