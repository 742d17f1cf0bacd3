import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UNRESTRICTED } from './access.ts';
import { buildCatalog, type Catalog } from './catalog.ts';
import type { NamespaceRules } from './snapshot.ts';
import { randomNamespace, randomRuleSet } from './testing/random-namespace.ts';
import { sampleLists, sampleMember, sampleRules } from './testing/sample-namespace.ts';
import { createSeededRandom, type SeededRandom } from './testing/seeded-random.ts';
import { type CatalogEntry, entryRefusal, findResource, visibleTo } from './visible-to.ts';

function entriesOf(catalog: Catalog): CatalogEntry[] {
  const { tools, prompts, resources, templates } = catalog;
  return [...tools.values(), ...prompts.values(), ...resources.values(), ...templates];
}

/** Server and original name of every entry, whatever clients see it as. */
function originalsOf(catalog: Catalog): string[] {
  return entriesOf(catalog).map((entry) => {
    if (entry.kind === 'template') return `template ${entry.server} ${entry.uriTemplate}`;
    if (entry.kind === 'resource') return `resource ${entry.server} ${entry.uri}`;
    return `${entry.kind} ${entry.server} ${entry.name}`;
  });
}

function renamed(rules: NamespaceRules, random: SeededRandom): NamespaceRules {
  let serial = 0;
  const fresh = () => {
    serial += 1;
    return `fresh-${serial}`;
  };
  const members = rules.members.map((member) => ({
    ...member,
    prefix: fresh(),
    tools: Object.fromEntries(
      Object.entries(member.tools).map(([name, override]) => {
        const newName = random.chance(0.5) ? { name: fresh() } : {};
        return [name, { ...override, ...newName }];
      }),
    ),
  }));
  return { ...rules, members };
}

describe('what a principal may list and call', () => {
  it('is the same: what is not listed can’t be called, and the reverse', () => {
    const random = createSeededRandom(7);
    let seen = 0;
    for (let round = 0; round < 2_000; round++) {
      const { rules, servers, lists } = randomNamespace(random);
      const catalog = buildCatalog(rules, servers, lists);
      const ruleSet = randomRuleSet(random);
      const listed = new Set(entriesOf(visibleTo(catalog, ruleSet)));
      seen += listed.size;
      for (const entry of entriesOf(catalog)) {
        assert.equal(listed.has(entry), entryRefusal(ruleSet, entry) === undefined);
      }
    }
    assert.ok(seen > 1_000);
  });

  it('lists resources of exactly those servers whose resources can be read', () => {
    const random = createSeededRandom(8);
    for (let round = 0; round < 500; round++) {
      const { rules, servers, lists } = randomNamespace(random);
      const view = visibleTo(buildCatalog(rules, servers, lists), randomRuleSet(random));
      for (const resource of [...view.resources.values(), ...view.templates]) {
        assert.ok(view.servers.includes(resource.server));
      }
    }
  });

  it('does not change when things are renamed', () => {
    const random = createSeededRandom(9);
    for (let round = 0; round < 2_000; round++) {
      const { rules, servers, lists } = randomNamespace(random);
      const ruleSet = randomRuleSet(random);
      const before = buildCatalog(rules, servers, lists);
      const after = buildCatalog(renamed(rules, random), servers, lists);
      const both = new Set(originalsOf(before)).intersection(new Set(originalsOf(after)));
      const common = (names: string[]) => names.filter((name) => both.has(name)).toSorted();
      assert.deepEqual(
        common(originalsOf(visibleTo(before, ruleSet))),
        common(originalsOf(visibleTo(after, ruleSet))),
      );
    }
  });

  it('shows everything but the clashes without rules', () => {
    const random = createSeededRandom(10);
    const { rules, servers, lists } = randomNamespace(random);
    const catalog = buildCatalog(rules, servers, lists);
    assert.deepEqual(visibleTo(catalog, UNRESTRICTED), { ...catalog, clashes: [] });
  });
});

describe('a visible URI', () => {
  const lists = new Map([
    ['a', sampleLists({ resources: [{ uri: 'mem:///1' }], templates: [{ uriTemplate: 'a:{x}' }] })],
    ['b', sampleLists({ templates: [{ uriTemplate: 'b://{x}/y{?q}' }, { uriTemplate: 'c:{x}' }] })],
    ['c', sampleLists({ templates: [{ uriTemplate: 'c:{y}/z' }] })],
  ]);
  const servers = new Map(
    [...lists.keys()].map((name) => [name, { enabled: true, trustAnnotations: false }]),
  );
  const members = [...lists.keys()].map((server) => sampleMember({ server }));
  const find = (resourceUris: 'prefix' | 'keep', uri: string) =>
    findResource(buildCatalog(sampleRules({ members, resourceUris }), servers, lists), uri);

  it('with a prefix leads to its server even when nothing is listed', () => {
    assert.deepEqual(find('prefix', 'b+x:y'), { server: 'b', uri: 'x:y' });
    assert.equal(find('prefix', 'mem:///1'), undefined);
  });

  it('that is kept leads to the server that lists it, else to the one whose template fits', () => {
    assert.deepEqual(find('keep', 'mem:///1'), { server: 'a', uri: 'mem:///1' });
    assert.deepEqual(find('keep', 'b://1/y?q=2'), { server: 'b', uri: 'b://1/y?q=2' });
    assert.equal(find('keep', 'nobody:1'), undefined);
  });

  it('that fits templates of two servers leads nowhere', () => {
    assert.deepEqual(find('keep', 'c:1'), { server: 'b', uri: 'c:1' });
    assert.equal(find('keep', 'c:1/z'), undefined);
  });
});
