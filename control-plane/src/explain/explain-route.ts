/** The second step: from a visible name to a server, or why nobody has that name. */
import type { Catalog } from '@sluice/contract/catalog';
import { matchesAnyGlob } from '@sluice/contract/glob';
import type { ServerLists } from '@sluice/contract/lists';
import { overrideOf, visibleNameIn } from '@sluice/contract/member-rules';
import type { NamespaceMember, NamespaceRules } from '@sluice/contract/snapshot';
import { type CatalogEntry, findResource } from '@sluice/contract/visible-to';
import type { ExplainedRoute, ExplanationStep } from './explanation.ts';

export interface RouteQuestion {
  readonly visibleName: string;
  readonly catalog: Catalog;
  readonly rules: NamespaceRules;
  /** The last good lists of a server. */
  readonly listsOf: (server: string) => ServerLists | undefined;
  /** Enabled members that have not been listed yet. */
  readonly unknownServers: readonly string[];
}

export interface RouteAnswer {
  readonly step: ExplanationStep;
  /** What the rules of a key are applied to; a resource need not be listed. */
  readonly entry?: CatalogEntry;
  readonly route?: ExplainedRoute;
}

export function explainRoute(question: RouteQuestion): RouteAnswer {
  const { catalog, visibleName } = question;
  const entry = catalog.tools.get(visibleName) ?? catalog.prompts.get(visibleName);
  if (entry) {
    const { kind, server, name } = entry;
    const readOnly = kind === 'tool' ? { read_only: entry.readOnlyHint } : {};
    return found(entry, { kind, server, name, ...readOnly });
  }
  const resource = findResource(catalog, visibleName);
  if (resource && isUri(visibleName)) {
    const { server, uri } = resource;
    const kind = 'resource' as const;
    const definition = { uri: visibleName };
    const entryOfResource = { kind, visibleUri: visibleName, server, uri, definition };
    return found(entryOfResource, { kind, server, name: uri });
  }
  const message = hiddenMessage(question) ?? unknownMessage(question);
  return { step: { step: 'route', outcome: 'refuse', reason: 'unknown_name', message } };
}

function found(entry: CatalogEntry, route: ExplainedRoute): RouteAnswer {
  const message = `It is the ${route.kind} "${route.name}" of the server "${route.server}".`;
  return { step: { step: 'route', outcome: 'pass', message }, entry, route };
}

/** Names of tools are no URIs, even where URIs are kept and any name might be one. */
function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text);
}

/** What somebody has under this name but does not show. */
function hiddenMessage(question: RouteQuestion): string | undefined {
  const { catalog, rules, visibleName, listsOf } = question;
  const clash = catalog.clashes.find((one) => one.visibleName === visibleName);
  if (clash) {
    const claimants = clash.claimants.map(({ server, name }) => `${server}/${name}`).join(', ');
    return `Several have this name, so none is shown: ${claimants}. Give all but one another name.`;
  }
  for (const member of rules.members) {
    const lists = listsOf(member.server);
    const listed = [...(lists?.tools ?? []), ...(lists?.prompts ?? [])];
    const hidden = listed.find(({ name }) => visibleNameIn(rules, member, name) === visibleName);
    if (hidden) return whyHidden(rules, member, hidden.name, catalog);
  }
  return undefined;
}

function whyHidden(
  rules: NamespaceRules,
  member: NamespaceMember,
  name: string,
  catalog: Catalog,
): string {
  const whose = `"${name}" of the server "${member.server}" is not shown: `;
  if (!member.enabled)
    return `${whose}the member is switched off in the namespace "${rules.name}".`;
  if (!catalog.servers.includes(member.server)) return `${whose}the server is switched off.`;
  if (overrideOf(member, name)?.enabled === false)
    return `${whose}its override has "enabled": false.`;
  if (matchesAnyGlob(member.exclude, name)) return `${whose}"exclude" of the member covers it.`;
  if (member.include.length > 0) return `${whose}"include" of the member does not name it.`;
  return `${whose}the namespace "${rules.name}" has "new_tools": "deny".`;
}

function unknownMessage({ unknownServers, rules }: RouteQuestion): string {
  const message = `Nothing in the namespace "${rules.name}" has this name.`;
  if (unknownServers.length === 0) return message;
  return `${message} Not listed yet: ${unknownServers.join(', ')}; sync them and ask again.`;
}
