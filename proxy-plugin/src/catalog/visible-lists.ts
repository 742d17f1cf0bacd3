/** Results of list requests as ready-made JSON: one per catalog, rule set and kind. */
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import { visibleTo } from '@sluice/contract/visible-to';

export const LIST_METHODS = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
} as const;

export type ListMethod = keyof typeof LIST_METHODS;

/** Rule sets are shared by many keys, so few are in use at once. */
const MAX_RULE_SETS = 200;

const ready = new WeakMap<Catalog, Map<string, Readonly<Record<ListMethod, Buffer>>>>();

/** JSON bytes of the result of `method` for a principal with `rules`, whose id is `ruleSetId`. */
export function visibleList(
  catalog: Catalog,
  ruleSetId: string,
  rules: RuleSet,
  method: ListMethod,
): Buffer {
  let lists = ready.get(catalog);
  if (!lists) {
    lists = new Map();
    ready.set(catalog, lists);
  }
  let own = lists.get(ruleSetId);
  if (!own) {
    own = writeLists(visibleTo(catalog, rules));
    if (lists.size >= MAX_RULE_SETS) lists.clear();
    lists.set(ruleSetId, own);
  }
  return own[method];
}

function writeLists(catalog: Catalog): Readonly<Record<ListMethod, Buffer>> {
  const result = (field: string, entries: Iterable<{ readonly definition: unknown }>) =>
    Buffer.from(JSON.stringify({ [field]: [...entries].map((entry) => entry.definition) }));
  return {
    'tools/list': result('tools', catalog.tools.values()),
    'prompts/list': result('prompts', catalog.prompts.values()),
    'resources/list': result('resources', catalog.resources.values()),
    'resources/templates/list': result('resourceTemplates', catalog.templates),
  };
}
