/** The load generator's process: prepares loads and runs them as its parent orders. */
import { type Client, createClient } from './client.ts';
import { summariseLatency } from './latency.ts';
import type { GeneratorOrder, GeneratorReply, LoadResult, LoadSpec } from './load.ts';

const loads = new Map<number, readonly Client[]>();

process.on('message', (order: GeneratorOrder) => {
  obey(order).then(
    (result) => reply({ id: order.id, result }),
    (error: unknown) => reply({ id: order.id, failure: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

function reply(message: GeneratorReply): void {
  process.send?.(message);
}

async function obey(order: GeneratorOrder): Promise<LoadResult | null> {
  switch (order.kind) {
    case 'prepare':
      loads.set(order.id, await connectClients(order.spec));
      return null;
    case 'run':
      return run(loads.get(order.load) ?? [], order.durationMs);
    case 'close':
      for (const client of loads.get(order.load) ?? []) client.close();
      loads.delete(order.load);
      return null;
  }
}

function connectClients(spec: LoadSpec): Promise<readonly Client[]> {
  const indices = Array.from({ length: spec.connections }, (_, index) => index);
  return Promise.all(indices.map((index) => createClient(spec, index)));
}

async function run(clients: readonly Client[], durationMs: number): Promise<LoadResult> {
  const samplesUs: number[] = [];
  const errors: Record<string, number> = {};
  let firstError: string | undefined;
  const startedAt = performance.now();
  const until = startedAt + durationMs;

  async function loop(client: Client): Promise<void> {
    for (let now = performance.now(); now < until; ) {
      const failure = await client.step();
      const answeredAt = performance.now();
      if (failure === undefined) samplesUs.push((answeredAt - now) * 1000);
      else {
        errors[failure.kind] = (errors[failure.kind] ?? 0) + 1;
        firstError ??= failure.reply;
      }
      now = answeredAt;
    }
  }

  await Promise.all(clients.map(loop));
  return {
    completed: samplesUs.length,
    elapsedMs: performance.now() - startedAt,
    latency: summariseLatency(samplesUs),
    errors,
    ...(firstError !== undefined && { firstError }),
  };
}
