/** What the decision loop answers when the storage thread asks. */
import type { Publisher } from '../channel/publisher.ts';
import type { ServerSyncs } from '../channel/server-syncs.ts';
import type { Sidecars } from '../channel/sidecars.ts';
import type { Counters } from '../decision/counters.ts';
import type { PolicyState, PolicyView } from '../decision/policy-state.ts';
import type { LimitSubject } from '../limits/limit-subject.ts';
import type { Limits } from '../limits/limits.ts';
import type { DecisionLink, LimitQuestion } from './decision-link.ts';

export interface DecisionAnswersDependencies {
  readonly policy: PolicyState;
  readonly publisher: Publisher;
  readonly syncs: ServerSyncs;
  readonly sidecars: Sidecars;
  readonly limits: Limits;
  readonly counters: Counters;
  /** Sizes at this moment, by metric name. */
  readonly gauges: () => Readonly<Record<string, number>>;
}

export function createDecisionAnswers(deps: DecisionAnswersDependencies): DecisionLink {
  const { policy, publisher, syncs, sidecars, limits, counters, gauges } = deps;
  const ready = () => sidecars.all().filter(({ version }) => version === policy.version).length;
  return {
    publish: (change) => publisher.publish(change),
    syncServer: (server) => syncs.start(server),
    toolsListed: async (tools) => policy.tools.listed(tools),
    limitStandings: (question) =>
      new Promise((resolve) => {
        limits.standings(subjectOf(question, policy), targetOf(question), resolve);
      }),
    metrics: async () => ({
      ...summed(sidecars.all().map((sidecar) => sidecar.metrics)),
      ...counters.values(),
      ...gauges(),
      sluice_policy_version: policy.version,
      sluice_sidecars_connected: sidecars.all().length,
      sluice_sidecars_ready: ready(),
    }),
    readySidecars: async () => ready(),
  };
}

function subjectOf(question: LimitQuestion, policy: PolicyView): LimitSubject {
  const lineage =
    question.key === undefined ? undefined : policy.keys.byName(question.key)?.lineage;
  return {
    endpoint: question.endpoint,
    principal: question.principal,
    ...(lineage !== undefined && { keyLineage: lineage }),
    clientIp: question.clientIp ?? '',
    headers: {},
  };
}

function targetOf({ server, name }: LimitQuestion) {
  return server === undefined ? undefined : { server, name: name ?? '' };
}

/** Of several sidecars each number is the sum. */
function summed(
  reports: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const report of reports) {
    for (const [name, value] of Object.entries(report))
      sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return Object.fromEntries(sums);
}
