/** What becomes of each call record: calls one by one, like refusals counted together. */
import type { Metrics } from '../metrics.ts';
import type { CallOutbox, NewCall } from './call-outbox.ts';

export interface CallJournal {
  record(call: NewCall): void;
  /** Hands the refusals of the last second to the outbox. */
  flushRefusals(): void;
  close(): void;
}

const REFUSALS_EVERY_MS = 1_000;
/** Kinds of refusals in one second; those beyond are counted in one record that names nobody. */
const MAX_KINDS = 1_000;
const OTHERS = '';

/** A flood of refusals of one kind to one client makes one record in a second, so it can't fill a disk. */
export function createCallJournal(
  outbox: Pick<CallOutbox, 'record'>,
  metrics: Pick<Metrics, 'count'>,
): CallJournal {
  let refusals = new Map<string, { readonly first: NewCall; count: number }>();
  const flushRefusals = () => {
    const counted = refusals;
    refusals = new Map();
    for (const { first, count } of counted.values()) outbox.record({ ...first, count });
  };
  const timer = setInterval(flushRefusals, REFUSALS_EVERY_MS).unref();
  return {
    record(call) {
      metrics.count(`sluice_calls_total{outcome="${call.outcome}"}`);
      if (call.outcome !== 'denied') {
        outbox.record(call);
        return;
      }
      const kind = kindOf(call);
      const hasRoom = refusals.size < MAX_KINDS;
      const known = refusals.get(kind) ?? (hasRoom ? undefined : refusals.get(OTHERS));
      if (known) known.count += call.count;
      else if (hasRoom) refusals.set(kind, { first: call, count: call.count });
      else refusals.set(OTHERS, { first: withoutOrigin(call), count: call.count });
    },
    flushRefusals,
    close: () => clearInterval(timer),
  };
}

/** By its object too, unless the client makes that up: a name that nobody knows, or a URI. */
function kindOf(call: NewCall): string {
  const object = call.method === 'resources/read' ? '' : (call.name ?? '');
  const { key, clientIp, reason, endpoint, transport, method, server } = call;
  return [key ?? clientIp, reason, endpoint, transport, method, server, object].join('\n');
}

function withoutOrigin({
  key: _,
  server: __,
  name: ___,
  visibleName: ____,
  ...call
}: NewCall): NewCall {
  return { ...call, principal: '', clientIp: '', endpoint: '' };
}
