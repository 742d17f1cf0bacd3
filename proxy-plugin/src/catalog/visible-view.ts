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
  /** JSON bytes of the results of a list request, one for each page; there is at least one. */
  pages(method: ListMethod): readonly Buffer[];
  /** Names of the servers of which it sees anything. */
  readonly servers: ReadonlySet<string>;
  /** What `initialize` tells. */
  offer(): Offer;
  /** Equal for equal lists. */
  readonly fingerprints: Readonly<Record<'tools' | 'prompts' | 'resources', string>>;
}

/**
 * More than most lists have: many clients read the first page only. Pages keep the answers for
 * very long lists bounded.
 */
export const MAX_PAGE_ENTRIES = 1_000;
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
  const written = new Map<ListMethod, readonly Buffer[]>();
  let offer: Offer | undefined;
  let fingerprints: VisibleView['fingerprints'] | undefined;
  let servers: ReadonlySet<string> | undefined;
  const pages: VisibleView['pages'] = (method) => {
    const known = written.get(method) ?? writePages(visible, method);
    written.set(method, known);
    return known;
  };
  return {
    pages,
    get servers() {
      servers ??= serversOf(visible);
      return servers;
    },
    get fingerprints() {
      fingerprints ??= {
        tools: fingerprint(pages('tools/list')),
        prompts: fingerprint(pages('prompts/list')),
        resources: fingerprint([...pages('resources/list'), ...pages('resources/templates/list')]),
      };
      return fingerprints;
    },
    offer() {
      offer ??= offerOf(view, visible);
      return offer;
    },
  };
}

function serversOf({ tools, prompts, servers }: Catalog): ReadonlySet<string> {
  const named = [...tools.values(), ...prompts.values()].map(({ server }) => server);
  // Those whose resources it may read.
  return new Set([...named, ...servers]);
}

function fingerprint(pages: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const page of pages) hash.update(page);
  return hash.digest('base64');
}

function writePages(visible: Catalog, method: ListMethod): Buffer[] {
  const definitions = Array.from(entriesOf(visible, method), ({ definition }) => definition);
  const pages: Buffer[] = [];
  do {
    const page = definitions.splice(0, MAX_PAGE_ENTRIES);
    pages.push(Buffer.from(JSON.stringify({ [LIST_METHODS[method]]: page })));
  } while (definitions.length > 0);
  return pages;
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
