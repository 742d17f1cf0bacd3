/** GET /api/v1/explain — what would become of a call, and why, without calling. */
import { z } from 'zod';
import { createObjectStore } from '../configuration/object-store.ts';
import type { EndpointPolicy } from '../decision/policy.ts';
import type { DecisionLink, LimitStanding } from '../decision-link/decision-link.ts';
import { ENDPOINTS } from '../endpoints/endpoint.ts';
import { endpointPolicy } from '../endpoints/endpoint-policy.ts';
import { objectName } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { currentCatalog } from '../namespaces/current-catalog.ts';
import { NAMESPACES } from '../namespaces/namespace.ts';
import { namespacePolicy } from '../namespaces/namespace-policy.ts';
import type { AllServerLists } from '../servers/server-lists.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { explainAccess } from './explain-access.ts';
import { explainRoute, type RouteAnswer } from './explain-route.ts';
import { explainRules } from './explain-rules.ts';
import { type Explanation, type ExplanationStep, explanation } from './explanation.ts';
import { findCaller } from './find-caller.ts';

const query = z.strictObject({
  endpoint: z.string().min(1).max(64).describe('Name of the endpoint.'),
  key: objectName.optional().describe('Name of the key.'),
  principal: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Instead of `key`, if only one key has this principal. Without either: a caller without a key.',
    ),
  tool: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('Visible name of a tool or prompt, or visible URI of a resource.'),
  client_ip: z.string().max(64).optional().describe('For limits per address.'),
});

export interface ExplainDeps {
  readonly db: ConfigurationDatabase;
  readonly lists: AllServerLists;
  readonly decisions: Pick<DecisionLink, 'limitStandings'>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export const explain = defineRoute({
  operationId: 'explain',
  method: 'get',
  path: '/api/v1/explain',
  tag: 'Explain',
  scope: 'viewer',
  summary: 'Explain what would become of a call',
  description:
    'Follows one call step by step without making it: may the caller use the endpoint, where does the visible name lead, do the rules of the key allow it, how do the limits stand. Nothing is charged and no server is asked.',
  query,
  replies: { 200: { description: 'What would happen.', schema: explanation } },
  problems: ['unprocessable'],
  async handle({ query: asked }, deps: ExplainDeps) {
    return { status: 200, body: await explainCall(deps, asked) };
  },
});

async function explainCall(deps: ExplainDeps, asked: z.output<typeof query>): Promise<Explanation> {
  const endpoint = await findEndpoint(deps, asked.endpoint);
  const caller = await findCaller(deps.db, asked, endpoint);
  const endpointPath = endpoint?.path ?? asked.endpoint;
  const steps = [explainAccess({ endpointPath, endpoint, key: caller.key }, deps.now())];
  const routed =
    endpoint && asked.tool !== undefined && hasPassed(steps)
      ? await findRoute(deps, endpoint, asked.tool)
      : undefined;
  if (routed) steps.push(routed.step);
  if (routed?.entry) steps.push(explainRules(caller.rules, routed.entry));
  const limits = endpoint
    ? await deps.decisions.limitStandings({
        endpoint: endpoint.name,
        principal: caller.principal,
        ...(caller.key && { key: caller.key.name }),
        ...(asked.client_ip !== undefined && { clientIp: asked.client_ip }),
        ...targetOf(routed),
      })
    : [];
  if (hasPassed(steps)) steps.push(explainLimits(limits));
  const refusal = steps.find((step) => step.outcome === 'refuse');
  return {
    decision: refusal ? 'deny' : 'allow',
    ...(refusal?.reason !== undefined && { reason: refusal.reason }),
    message: refusal?.message ?? allowedMessage(asked.tool),
    endpoint: asked.endpoint,
    principal: caller.principal,
    ...(caller.key && { key: caller.key.name }),
    ...(routed?.route && { route: routed.route }),
    steps,
    limits: limits.map(presentStanding),
  };
}

function hasPassed(steps: readonly ExplanationStep[]): boolean {
  return steps.every((step) => step.outcome === 'pass');
}

function allowedMessage(tool: string | undefined): string {
  return tool === undefined ? 'The endpoint can be used.' : 'The call would go to its server.';
}

async function findEndpoint(
  { db }: ExplainDeps,
  name: string,
): Promise<EndpointPolicy | undefined> {
  const endpoint = await createObjectStore(ENDPOINTS).get(db, name);
  return endpoint && endpointPolicy(name, endpoint.config);
}

async function findRoute(
  { db, lists }: ExplainDeps,
  endpoint: EndpointPolicy,
  visibleName: string,
): Promise<RouteAnswer> {
  const namespace = await createObjectStore(NAMESPACES).get(db, endpoint.namespace);
  if (!namespace) throw new Error('unreachable: an endpoint refers to a namespace that exists');
  const { catalog, unknownServers } = await currentCatalog(namespace, lists, db);
  const rules = namespacePolicy(namespace.name, namespace.config);
  return explainRoute({ visibleName, catalog, rules, listsOf: lists.latest, unknownServers });
}

/** Limits select resources by server: a glob for one tool says nothing about them. */
function targetOf(routed: RouteAnswer | undefined): { server?: string; name?: string } {
  if (!routed?.route) return {};
  const { kind, server, name } = routed.route;
  return { server, name: kind === 'resource' ? '' : name };
}

function explainLimits(standings: readonly LimitStanding[]): ExplanationStep {
  const exhausted = standings.find(({ mode, remaining }) => mode === 'enforce' && remaining < 1);
  if (!exhausted)
    return { step: 'limits', outcome: 'pass', message: 'No limit stands in the way.' };
  return {
    step: 'limits',
    outcome: 'refuse',
    reason: 'limit_exceeded',
    message: `The limit "${exhausted.limit}" is used up; free again in ${exhausted.retryAfterSeconds} s.`,
  };
}

function presentStanding(standing: LimitStanding): Explanation['limits'][number] {
  const { limit, unit, mode, remaining, retryAfterSeconds } = standing;
  return { limit, unit, mode, remaining, retry_after_seconds: retryAfterSeconds };
}
