/** A namespace as one rule set sees it, as ready-made JSON: rule sets are shared by many keys. */
import { createHash } from 'node:crypto';
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import { visibleTo } from '@sluice/contract/visible-to';
import type { NamespaceView } from './catalogs.ts';
import { type Offer, offerOf } from './offer.ts';

export const LIST_METHODS = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
} as const;

export type ListMethod = keyof typeof LIST_METHODS;

export interface VisibleView {
  /** JSON bytes of the result of a list request. */
  list(method: ListMethod): Buffer;
  /** What `initialize` tells. */
  offer(): Offer;
  /** Equal for equal lists. */
  readonly fingerprints: Readonly<Record<'tools' | 'prompts' | 'resources', string>>;
}

/** Per namespace; beyond that all are made anew, which takes about a millisecond each. */
const MAX_RULE_SETS = 100;

const views = new WeakMap<NamespaceView, Map<string, VisibleView>>();

/** `ruleSetId` names `rules`. */
export function visibleView(view: NamespaceView, ruleSetId: string, rules: RuleSet): VisibleView {
  const byRuleSet = views.get(view) ?? new Map<string, VisibleView>();
  views.set(view, byRuleSet);
  const known = byRuleSet.get(ruleSetId);
  if (known) return known;
  if (byRuleSet.size >= MAX_RULE_SETS) byRuleSet.clear();
  const made = createVisibleView(view, visibleTo(view.catalog, rules));
  byRuleSet.set(ruleSetId, made);
  return made;
}

function createVisibleView(view: NamespaceView, visible: Catalog): VisibleView {
  const lists = new Map<ListMethod, Buffer>();
  let offer: Offer | undefined;
  let fingerprints: VisibleView['fingerprints'] | undefined;
  const list: VisibleView['list'] = (method) => {
    const written = lists.get(method) ?? writeList(visible, method);
    lists.set(method, written);
    return written;
  };
  return {
    list,
    get fingerprints() {
      fingerprints ??= {
        tools: fingerprint(list('tools/list')),
        prompts: fingerprint(list('prompts/list')),
        resources: fingerprint(list('resources/list'), list('resources/templates/list')),
      };
      return fingerprints;
    },
    offer() {
      offer ??= offerOf(view, visible);
      return offer;
    },
  };
}

function fingerprint(...lists: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const list of lists) hash.update(list);
  return hash.digest('base64');
}

function writeList(visible: Catalog, method: ListMethod): Buffer {
  const definitions = Array.from(entriesOf(visible, method), ({ definition }) => definition);
  return Buffer.from(JSON.stringify({ [LIST_METHODS[method]]: definitions }));
}

function entriesOf(
  visible: Catalog,
  method: ListMethod,
): Iterable<{ readonly definition: unknown }> {
  switch (method) {
    case 'tools/list':
      return visible.tools.values();
    case 'prompts/list':
      return visible.prompts.values();
    case 'resources/list':
      return visible.resources.values();
    case 'resources/templates/list':
      return visible.templates;
  }
}
