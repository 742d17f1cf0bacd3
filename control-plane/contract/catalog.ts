/** The catalog of a namespace: a pure function from its rules and its servers' lists. */
import type {
  ListedPrompt,
  ListedResource,
  ListedTemplate,
  ListedTool,
  ServerLists,
} from './lists.ts';
import type { NamespaceRules } from './snapshot.ts';

export interface CatalogTool {
  readonly visibleName: string;
  readonly server: string;
  /** Original name at the server. */
  readonly name: string;
  /** As clients see it: renamed, overridden, unknown fields kept. */
  readonly definition: ListedTool;
  /** Operator-set, or the upstream's own where its annotations are trusted. */
  readonly readOnlyHint: boolean;
}

export interface CatalogPrompt {
  readonly visibleName: string;
  readonly server: string;
  readonly name: string;
  readonly definition: ListedPrompt;
}

export interface CatalogResource {
  readonly visibleUri: string;
  readonly server: string;
  readonly uri: string;
  readonly definition: ListedResource;
}

export interface CatalogTemplate {
  readonly visibleUriTemplate: string;
  readonly server: string;
  readonly uriTemplate: string;
  readonly definition: ListedTemplate;
}

/** A visible name that two originals claim: neither is shown, the status names both. */
export interface Clash {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'template';
  readonly visibleName: string;
  readonly claimants: readonly { readonly server: string; readonly name: string }[];
}

export interface Catalog {
  /** By visible name, in member order, then the server's own. */
  readonly tools: ReadonlyMap<string, CatalogTool>;
  readonly prompts: ReadonlyMap<string, CatalogPrompt>;
  readonly resources: ReadonlyMap<string, CatalogResource>;
  readonly templates: readonly CatalogTemplate[];
  readonly clashes: readonly Clash[];
}

/** What the catalog must know of a server beside its lists. */
export interface CatalogServer {
  readonly enabled: boolean;
  readonly trustAnnotations: boolean;
}
