/** Random namespaces, lists and rule sets out of few, hostile words, so that they often meet. */
import type { RuleSet } from '../access.ts';
import type { CatalogServer } from '../catalog.ts';
import type { ServerLists } from '../lists.ts';
import type { NamespaceMember, NamespaceRules, ToolOverride } from '../snapshot.ts';
import type { SeededRandom } from './seeded-random.ts';

const SERVERS = ['a', 'git', 'github', 'x-1'];
const NAMES = [
  'echo',
  'get',
  'get_file',
  'a__echo',
  'constructor',
  '__proto__',
  'with space',
  'コード',
  'レビュー',
  '',
  'n'.repeat(90),
  `${'n'.repeat(89)}m`,
];
const GLOBS = ['*', 'get*', '*file', '*e*', 'echo', 'constructor', 'nothing'];
const URIS = ['file:///a+b', 'ui://view/main', 'ui://', 'UI://x', 'a+b', 'https://x.test/?q=+', ''];

export interface RandomNamespace {
  readonly rules: NamespaceRules;
  readonly servers: ReadonlyMap<string, CatalogServer>;
  readonly lists: ReadonlyMap<string, ServerLists>;
}

export function randomNamespace(random: SeededRandom): RandomNamespace {
  const servers = SERVERS.filter(() => random.chance(0.8));
  return {
    rules: {
      name: 'random',
      members: servers.map((server) => randomMember(random, server)),
      separator: random.pick(['__', '.', '-', '_']),
      maxNameLength: random.pick([16, 32, 64]),
      resourceUris: random.pick(['prefix', 'keep'] as const),
      newTools: random.pick(['allow', 'deny'] as const),
    },
    servers: new Map(
      servers.map((server) => [
        server,
        { enabled: random.chance(0.9), trustAnnotations: random.chance(0.5) },
      ]),
    ),
    lists: new Map(
      servers.filter(() => random.chance(0.9)).map((server) => [server, randomLists(random)]),
    ),
  };
}

/** Globs with and without a server part, for servers and names as above. */
export function randomRuleSet(random: SeededRandom): RuleSet {
  const glob = () =>
    random.chance(0.2)
      ? random.pick(['*', 'git*', 'github', '*/*'])
      : `${random.pick([...SERVERS, '*', 'git*'])}/${random.pick(GLOBS)}`;
  return {
    allow: random.chance(0.5) ? [] : random.list(3, glob),
    deny: random.chance(0.5) ? [] : random.list(3, glob),
    readOnly: random.chance(0.3),
  };
}

function randomMember(random: SeededRandom, server: string): NamespaceMember {
  return {
    server,
    enabled: random.chance(0.9),
    prefix: random.pick([server, server, '', 'p']),
    include: random.chance(0.7) ? [] : random.list(2, () => random.pick(GLOBS)),
    exclude: random.chance(0.7) ? [] : random.list(2, () => random.pick(GLOBS)),
    tools: Object.fromEntries(
      random.list(3, () => [random.pick(NAMES), randomOverride(random)] as const),
    ),
  };
}

function randomOverride(random: SeededRandom): ToolOverride {
  return {
    ...(random.chance(0.4) && { name: random.pick(['renamed', 'repo.read', 'a__echo']) }),
    ...(random.chance(0.3) && { description: 'said by the operator' }),
    ...(random.chance(0.4) && { annotations: { readOnlyHint: random.chance(0.5) } }),
    ...(random.chance(0.3) && { enabled: random.chance(0.5) }),
  };
}

function randomLists(random: SeededRandom): ServerLists {
  const named = () => ({
    name: random.pick(NAMES),
    ...(random.chance(0.5) && { annotations: { readOnlyHint: random.chance(0.5) } }),
  });
  return {
    tools: random.list(6, named),
    prompts: random.list(3, named),
    resources: random.list(4, () => ({ uri: random.pick(URIS) })),
    templates: random.list(2, () => ({ uriTemplate: random.pick(['file:///{p}', 'ui://{+v}']) })),
    capabilities: {},
  };
}
