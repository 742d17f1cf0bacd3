/** What one principal may list and call: the same check for both, on the original (server, name). */
import { type AccessRefusal, type RuleSet, refusalFor } from './access.ts';
import type {
  Catalog,
  CatalogPrompt,
  CatalogResource,
  CatalogTemplate,
  CatalogTool,
} from './catalog.ts';
import { matchesParts } from './glob.ts';
import { type OriginalUri, toOriginalUri } from './resource-uri.ts';

export type CatalogEntry = CatalogTool | CatalogPrompt | CatalogResource | CatalogTemplate;

/** Why `rules` refuse to list, call, get or read `entry`, or undefined when they allow all of it. */
export function entryRefusal(rules: RuleSet, entry: CatalogEntry): AccessRefusal | undefined {
  const { server } = entry;
  switch (entry.kind) {
    case 'tool':
    case 'prompt': {
      const readOnlyHint = entry.kind === 'tool' && entry.readOnlyHint;
      return refusalFor(rules, { kind: entry.kind, server, name: entry.name, readOnlyHint });
    }
    case 'resource':
    case 'template':
      return resourceRefusal(rules, server);
  }
}

/** As `entryRefusal`, for a resource that its server need not have listed. */
export function resourceRefusal(rules: RuleSet, server: string): AccessRefusal | undefined {
  return refusalFor(rules, { kind: 'resource', server, name: '', readOnlyHint: true });
}

/**
 * The catalog as a principal with `rules` may see it: exactly the entries that `entryRefusal` does not
 * refuse, and the servers whose resources it may read. Clashes are the operator's business: none here.
 */
export function visibleTo(catalog: Catalog, rules: RuleSet): Catalog {
  const allowed = (entry: CatalogEntry) => entryRefusal(rules, entry) === undefined;
  return {
    tools: filtered(catalog.tools, allowed),
    prompts: filtered(catalog.prompts, allowed),
    resources: filtered(catalog.resources, allowed),
    templates: catalog.templates.filter(allowed),
    clashes: [],
    servers: catalog.servers.filter((server) => resourceRefusal(rules, server) === undefined),
    resourceUris: catalog.resourceUris,
  };
}

/**
 * The server and original URI behind a visible one: listed, else named by the URI itself, else the
 * only server one of whose templates fits. Undefined when nobody or more than one is meant: a read is
 * never tried at several servers. It is found in the whole catalog; ask `resourceRefusal` next.
 */
export function findResource(catalog: Catalog, visibleUri: string): OriginalUri | undefined {
  const listed = catalog.resources.get(visibleUri);
  if (listed) return { server: listed.server, uri: listed.uri };
  const named = toOriginalUri(catalog.resourceUris, catalog.servers, visibleUri);
  if (named || catalog.resourceUris === 'prefix') return named;
  const owners = new Set(
    catalog.templates
      .filter((template) => fitsTemplate(template.uriTemplate, visibleUri))
      .map((template) => template.server),
  );
  const [owner, ...others] = owners;
  return owner !== undefined && others.length === 0
    ? { server: owner, uri: visibleUri }
    : undefined;
}

/** Whether `uri` may be an expansion of `template`: its literal parts in order (RFC 6570 §2.1). */
function fitsTemplate(template: string, uri: string): boolean {
  return matchesParts(template.split(/\{[^{}]*\}/), uri);
}

function filtered<T extends CatalogEntry>(
  entries: ReadonlyMap<string, T>,
  allowed: (entry: T) => boolean,
): ReadonlyMap<string, T> {
  return new Map([...entries].filter(([, entry]) => allowed(entry)));
}
