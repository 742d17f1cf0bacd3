/** The catalog of a namespace: a pure function from its rules and its servers' lists. */
import { type Claim, type Clash, settleClaims } from './claims.ts';
import type {
  ListedPrompt,
  ListedResource,
  ListedTemplate,
  ListedTool,
  ServerLists,
} from './lists.ts';
import { isShown, overrideOf, visibleNameIn } from './member-rules.ts';
import { toVisibleUri, type UriMode, withVisibleAppUri } from './resource-uri.ts';
import type { NamespaceMember, NamespaceRules, ToolOverride } from './snapshot.ts';

export interface CatalogTool {
  readonly kind: 'tool';
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
  readonly kind: 'prompt';
  readonly visibleName: string;
  readonly server: string;
  readonly name: string;
  readonly definition: ListedPrompt;
}

export interface CatalogResource {
  readonly kind: 'resource';
  readonly visibleUri: string;
  readonly server: string;
  readonly uri: string;
  readonly definition: ListedResource;
}

export interface CatalogTemplate {
  readonly kind: 'template';
  readonly visibleUriTemplate: string;
  readonly server: string;
  readonly uriTemplate: string;
  readonly definition: ListedTemplate;
}

export interface Catalog {
  /** By visible name, in member order, then the server's own. */
  readonly tools: ReadonlyMap<string, CatalogTool>;
  readonly prompts: ReadonlyMap<string, CatalogPrompt>;
  /** By visible URI. */
  readonly resources: ReadonlyMap<string, CatalogResource>;
  readonly templates: readonly CatalogTemplate[];
  readonly clashes: readonly Clash[];
  /** Enabled servers of enabled members in member order, whether they have lists yet or not. */
  readonly servers: readonly string[];
  readonly resourceUris: UriMode;
}

/** What the catalog must know of a server beside its lists. */
export interface CatalogServer {
  readonly enabled: boolean;
  readonly trustAnnotations: boolean;
}

/** A member whose server is on, with what that server listed. */
interface ListedMember {
  readonly member: NamespaceMember;
  readonly server: CatalogServer;
  readonly lists: ServerLists;
}

/** Same input, same catalog, in the same order: member order, then the server's own. */
export function buildCatalog(
  rules: NamespaceRules,
  servers: ReadonlyMap<string, CatalogServer>,
  lists: ReadonlyMap<string, ServerLists>,
): Catalog {
  const enabled = rules.members.filter(
    (member) => member.enabled && servers.get(member.server)?.enabled,
  );
  const listed = enabled.flatMap((member) => listedMember(member, servers, lists));
  const tools = settleClaims(
    'tool',
    listed.flatMap((one) => toolClaims(rules, one)),
  );
  const prompts = settleClaims(
    'prompt',
    listed.flatMap((one) => promptClaims(rules, one)),
  );
  const resources = settleClaims(
    'resource',
    listed.flatMap((one) => resourceClaims(rules, one)),
  );
  const templates = settleClaims(
    'template',
    listed.flatMap((one) => templateClaims(rules, one)),
  );
  return {
    tools: tools.shown,
    prompts: prompts.shown,
    resources: resources.shown,
    templates: [...templates.shown.values()],
    clashes: [tools, prompts, resources, templates].flatMap((settled) => settled.clashes),
    servers: [...new Set(enabled.map((member) => member.server))],
    resourceUris: rules.resourceUris,
  };
}

function listedMember(
  member: NamespaceMember,
  servers: ReadonlyMap<string, CatalogServer>,
  lists: ReadonlyMap<string, ServerLists>,
): ListedMember[] {
  const server = servers.get(member.server);
  const ownLists = lists.get(member.server);
  return server && ownLists ? [{ member, server, lists: ownLists }] : [];
}

function toolClaims(rules: NamespaceRules, one: ListedMember): Claim<CatalogTool>[] {
  const { member, server, lists } = one;
  const toVisible = (uri: string) => toVisibleUri(rules.resourceUris, member.server, uri);
  return lists.tools
    .filter((tool) => isShown(rules, member, tool.name))
    .map((tool) => {
      const override = overrideOf(member, tool.name);
      const visibleName = visibleNameIn(rules, member, tool.name);
      const definition = withVisibleAppUri(overridden(tool, override, visibleName), toVisible);
      const readOnlyHint = isReadOnly(tool, override, server);
      const origin = { visibleName, server: member.server, name: tool.name };
      return { ...origin, entry: { kind: 'tool', ...origin, definition, readOnlyHint } };
    });
}

function promptClaims(rules: NamespaceRules, one: ListedMember): Claim<CatalogPrompt>[] {
  const { member, lists } = one;
  return lists.prompts
    .filter((prompt) => isShown(rules, member, prompt.name))
    .map((prompt) => {
      const visibleName = visibleNameIn(rules, member, prompt.name);
      const { annotations: _, ...override } = overrideOf(member, prompt.name) ?? {};
      const definition = overridden(prompt, override, visibleName);
      const origin = { visibleName, server: member.server, name: prompt.name };
      return { ...origin, entry: { kind: 'prompt', ...origin, definition } };
    });
}

function resourceClaims(rules: NamespaceRules, one: ListedMember): Claim<CatalogResource>[] {
  const server = one.member.server;
  return one.lists.resources.map((resource) => {
    const { uri } = resource;
    const visibleUri = toVisibleUri(rules.resourceUris, server, uri);
    const definition = { ...resource, uri: visibleUri };
    const entry = { kind: 'resource', visibleUri, server, uri, definition } as const;
    return { visibleName: visibleUri, server, name: uri, entry };
  });
}

function templateClaims(rules: NamespaceRules, one: ListedMember): Claim<CatalogTemplate>[] {
  const server = one.member.server;
  return one.lists.templates.map((template) => {
    const { uriTemplate } = template;
    const visibleUriTemplate = toVisibleUri(rules.resourceUris, server, uriTemplate);
    const definition = { ...template, uriTemplate: visibleUriTemplate };
    const entry = {
      kind: 'template',
      visibleUriTemplate,
      server,
      uriTemplate,
      definition,
    } as const;
    return { visibleName: visibleUriTemplate, server, name: uriTemplate, entry };
  });
}

/** The definition under its visible name, with what the operator set laid over it. */
function overridden<T extends ListedTool | ListedPrompt>(
  definition: T,
  override: ToolOverride | undefined,
  visibleName: string,
): T {
  const { title, description, annotations } = override ?? {};
  return {
    ...definition,
    name: visibleName,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(annotations && {
      annotations: { ...objectOrNone(definition.annotations), ...annotations },
    }),
  };
}

/** The operator's word counts; an upstream's own only where it is trusted and the operator is silent. */
function isReadOnly(
  tool: ListedTool,
  override: ToolOverride | undefined,
  server: CatalogServer,
): boolean {
  const set = override?.annotations?.readOnlyHint;
  if (set !== undefined) return set === true;
  return server.trustAnnotations && tool.annotations?.readOnlyHint === true;
}

function objectOrNone(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
