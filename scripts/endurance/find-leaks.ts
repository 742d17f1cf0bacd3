/** What a gateway still holds when nobody is there any more. */
import { type GatewayUsage, usageOf } from '../testing/gateway-usage.ts';
import type { Gateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';

/** Gauges that are zero when nobody is there. */
const GAUGES = [
  'sluice_plugin_upstreams',
  'sluice_plugin_calls_in_flight',
  'sluice_plugin_open_streams',
  'sluice_plugin_open_server_requests',
  'sluice_plugin_subscriptions',
  'sluice_plugin_open_asks',
  'sluice_plugin_held_reply_bytes',
  'sluice_plugin_call_records_waiting',
];
/** Idle connections between the processes are kept for a while, as many as were in use at once. */
const SPARE_SOCKETS = 60;
/** Of the sidecar after its calls; it is about 80 MiB when it starts. */
const MOST_BYTES = 400 * 1024 * 1024;
/** Streams can be resumed for a minute. */
const SETTLED_WITHIN_MS = 90_000;

/** Waits until nothing is left; else resolves with what it is, one line each. */
export async function findLeaks(gateway: Gateway, before: GatewayUsage): Promise<string[]> {
  let leaks: string[] = [];
  const isClean = async () => {
    leaks = leaksOf(before, await usageOf(gateway));
    return leaks.length === 0;
  };
  await waitFor(isClean, 'the end of everything', SETTLED_WITHIN_MS).catch(() => {});
  return leaks;
}

function leaksOf(before: GatewayUsage, now: GatewayUsage): string[] {
  const leaks = GAUGES.filter((gauge) => now.metric(gauge) !== 0).map(
    (gauge) => `${gauge} is ${now.metric(gauge)}`,
  );
  if (now.processes.length > before.processes.length) {
    const names = now.processes.map(({ name }) => name).join(', ');
    leaks.push(`${now.processes.length} processes, ${before.processes.length} before: ${names}`);
  }
  if (now.sockets > before.sockets + SPARE_SOCKETS) {
    leaks.push(`${now.sockets} sockets, ${before.sockets} before`);
  }
  const bytes = now.metric('sluice_plugin_resident_memory_bytes');
  if (bytes > MOST_BYTES) leaks.push(`the sidecar takes ${bytes} bytes`);
  return leaks;
}
