/** Runs the three processes until told to stop, and ends them in the order that loses nothing. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ListenAddress } from './listen-address.ts';
import type { Log } from './log.ts';
import { StartError } from './start-error.ts';
import {
  type Ending,
  type ProcessPlan,
  type SupervisedProcess,
  superviseProcess,
} from './supervised-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** How long NGINX may finish short requests before the sidecar is told to end its streams. */
const SHORT_REQUESTS_MS = 500;

interface GatewayPlan {
  readonly controlPlane: ProcessPlan;
  readonly proxyPlugin: ProcessPlan;
  readonly nginx: ProcessPlan;
  /** Where `/readyz` is asked, once this socket of the API is there. */
  readonly readyAt: ListenAddress;
  readonly apiSocket: string;
  readonly onReady: () => void;
  readonly log: Log;
}

export interface StopSignals {
  readonly stop: AbortSignal;
  /** Somebody is in a hurry: no more draining. */
  readonly hurry: AbortSignal;
}

/**
 * Resolves once everything is stopped. Throws `StartError` when a process refuses to start, that is
 * ends with an error before the gateway was ever ready; afterwards every ending is made good.
 */
export async function runGateway(plan: GatewayPlan, { stop, hurry }: StopSignals): Promise<void> {
  const { log, readyAt, apiSocket } = plan;
  const refusal = new AbortController();
  let isReady = false;
  const onEnd = (ending: Ending) => {
    if (isReady || !ending.failed) return 'restart';
    refusal.abort(ending);
    return 'leave';
  };
  const controlPlane = superviseProcess(plan.controlPlane, { log, onEnd });
  const proxyPlugin = superviseProcess(plan.proxyPlugin, { log, onEnd });
  const nginx = superviseProcess(plan.nginx, { log, onEnd });

  const end = AbortSignal.any([stop, refusal.signal]);
  const onSlow = (lastAnswer: string) => log.warn('still not ready', { lastAnswer });
  isReady = await waitUntilReady(readyAt, { signal: end, onSlow, apiSocket });
  if (isReady) plan.onReady();
  if (!end.aborted) await once(end, 'abort');

  await stopInOrder({ controlPlane, proxyPlugin, nginx }, hurry);
  if (refusal.signal.aborted) {
    const { role, cause }: Ending = refusal.signal.reason;
    throw new StartError(`${role} ended at its start (${cause}); its own message is above`);
  }
}

/** From the outside in, so that each can still finish what the one before it asked for. */
async function stopInOrder(
  {
    controlPlane,
    proxyPlugin,
    nginx,
  }: Record<'controlPlane' | 'proxyPlugin' | 'nginx', SupervisedProcess>,
  hurry: AbortSignal,
): Promise<void> {
  const nginxStopped = nginx.stop(hurry);
  await Promise.race([nginxStopped, sleep(SHORT_REQUESTS_MS)]);
  // Open streams would keep NGINX until its time is up; the sidecar ends them when it drains.
  await Promise.all([nginxStopped, proxyPlugin.stop(hurry)]);
  await controlPlane.stop(hurry);
}
