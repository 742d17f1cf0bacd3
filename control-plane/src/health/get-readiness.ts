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
    const found = await Promise.all([storageObstacle(db), trafficObstacle(decisions)]);
    const obstacles = found.filter((obstacle) => obstacle !== undefined);
    if (obstacles.length > 0) {
      const detail = obstacles.map(({ reason }) => reason).join('; ');
      throw new Problem('unavailable', detail, { cause: obstacles.find(hasCause)?.cause });
    }
    return { status: 200, body: { status: 'ok' } };
  },
});

/** Why calls can't be served. */
interface Obstacle {
  readonly reason: string;
  /** For the log. */
  readonly cause?: unknown;
}

function hasCause({ cause }: Obstacle): boolean {
  return cause !== undefined;
}

async function storageObstacle(db: ConfigurationDatabase): Promise<Obstacle | undefined> {
  try {
    await currentRevision(db);
    return undefined;
  } catch (cause) {
    const reason = 'storage: the database does not answer; see the log of the control plane';
    return { reason, cause };
  }
}

async function trafficObstacle(
  decisions: ReadinessDeps['decisions'],
): Promise<Obstacle | undefined> {
  try {
    const sidecars = await Promise.race([decisions.readySidecars(), timeout()]);
    if (sidecars > 0) return undefined;
    const reason =
      'proxy plugin: none is connected with the current configuration; it is starting, or see its log';
    return { reason };
  } catch (cause) {
    const reason = 'decisions: the decision loop does not answer; see the log of the control plane';
    return { reason, cause };
  }
}

async function timeout(): Promise<never> {
  await setTimeout(TIMEOUT_MS, undefined, { ref: false });
  throw new Error(`no answer in ${TIMEOUT_MS} ms`);
}
