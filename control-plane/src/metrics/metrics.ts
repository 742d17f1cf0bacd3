/** What the control plane measures, its decision loop and the proxy plugins included. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { CallLog } from '../calls/call-log.ts';
import type { CallsDatabase } from '../calls/calls-database.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import type { DecisionLink } from '../decision-link/decision-link.ts';
import { SERVERS } from '../servers/server.ts';
import type { ServerStatuses } from '../servers/server-statuses.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { usedBytes } from '../storage/database-size.ts';
import { renderSamples } from './render-samples.ts';

export interface MetricsDeps {
  readonly db: ConfigurationDatabase;
  readonly calls: CallsDatabase;
  readonly callLog: Pick<CallLog, 'counts'>;
  readonly statuses: ServerStatuses;
  readonly decisions: Pick<DecisionLink, 'metrics'>;
  readonly version: string;
}

export interface Metrics {
  /** All samples of this moment, in text format 0.0.4. Labels hold names that operators chose and stable reasons only. */
  text(): Promise<string>;
}

export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'sluice_control_plane_' });
  registerVersion(registry, deps.version);
  registerCallRecords(registry, deps);
  registerServers(registry, deps);
  return {
    async text() {
      const [own, others] = await Promise.all([registry.metrics(), deps.decisions.metrics()]);
      return `${own}\n${renderSamples(others)}`;
    },
  };
}

function registerVersion(registry: Registry, version: string): void {
  const help = 'Always 1; the version is in the label.';
  const labelNames = ['version'];
  new Gauge({ name: 'sluice_build_info', help, labelNames, registers: [registry] }).set(
    { version },
    1,
  );
}

function registerCallRecords(registry: Registry, { calls, callLog }: MetricsDeps): void {
  const registers = [registry];
  new Counter({
    name: 'sluice_call_records_stored_total',
    help: 'Call records written to calls.db since the start.',
    registers,
    collect() {
      this.reset();
      this.inc(callLog.counts.stored);
    },
  });
  new Counter({
    name: 'sluice_call_records_dropped_total',
    help: 'Call records lost because calls.db could not be written; each shows as a gap later.',
    registers,
    collect() {
      this.reset();
      this.inc(callLog.counts.dropped);
    },
  });
  new Gauge({
    name: 'sluice_calls_database_bytes',
    help: 'Bytes that the call records take.',
    registers,
    async collect() {
      this.set(await usedBytes(calls));
    },
  });
}

function registerServers(registry: Registry, { db, statuses }: MetricsDeps): void {
  new Gauge({
    name: 'sluice_server_up',
    help: '1 if the server can be called, 0 if not; absent if it is off or was not used yet.',
    labelNames: ['server'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { name, config, state } of await createObjectStore(SERVERS).all(db)) {
        const status = statuses.get(name);
        if (!config.enabled || status?.revision !== state.generation) continue;
        if (status.health === 'unknown') continue;
        this.set({ server: name }, status.health === 'down' ? 0 : 1);
      }
    },
  });
}
