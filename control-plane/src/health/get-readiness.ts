/** GET /readyz */
import { setTimeout } from 'node:timers/promises';
import { currentRevision } from '../configuration/revision.ts';
import type { DecisionLink } from '../decision-link/decision-link.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { health } from './get-health.ts';

const TIMEOUT_MS = 1_000;

export interface ReadinessDeps {
  readonly db: ConfigurationDatabase;
  readonly decisions: Pick<DecisionLink, 'readySidecars'>;
}

export const getReadiness = defineRoute({
  operationId: 'getReadiness',
  method: 'get',
  path: '/readyz',
  tag: 'Health',
  scope: 'public',
  summary: 'Can calls be served',
  description:
    'Ready when the database answers, decisions are being taken, and a proxy plugin with the current configuration is connected. Upstream servers do not count: one that is down is not the gateway’s fault. For load balancers.',
  replies: { 200: { description: 'Ready.', schema: health, example: { status: 'ok' } } },
  problems: ['unavailable'],
  async handle(_, { db, decisions }: ReadinessDeps) {
    const reasons = await Promise.all([storageReason(db), trafficReason(decisions)]);
    const detail = reasons.filter((reason) => reason !== undefined).join('; ');
    if (detail !== '') throw new Problem('unavailable', detail);
    return { status: 200, body: { status: 'ok' } };
  },
});

async function storageReason(db: ConfigurationDatabase): Promise<string | undefined> {
  try {
    await currentRevision(db);
    return undefined;
  } catch {
    return 'storage: the database does not answer; see the log of the control plane';
  }
}

async function trafficReason(decisions: ReadinessDeps['decisions']): Promise<string | undefined> {
  try {
    const sidecars = await Promise.race([decisions.readySidecars(), timeout()]);
    if (sidecars > 0) return undefined;
    return 'proxy plugin: none is connected with the current configuration; it is starting, or see its log';
  } catch {
    return 'decisions: the decision loop does not answer; see the log of the control plane';
  }
}

async function timeout(): Promise<never> {
  await setTimeout(TIMEOUT_MS, undefined, { ref: false });
  throw new Error(`no answer in ${TIMEOUT_MS} ms`);
}
