import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCatalog, type Catalog, type CatalogServer } from './catalog.ts';
import type { ListedTool, ServerLists } from './lists.ts';
import type { NamespaceRules } from './snapshot.ts';
import { randomNamespace } from './testing/random-namespace.ts';
import { sampleLists, sampleMember, sampleRules, toolLists } from './testing/sample-namespace.ts';
import { createSeededRandom } from './testing/seeded-random.ts';
import { isLegalName } from './visible-name.ts';

function catalogOf(
  rules: Partial<NamespaceRules>,
  lists: Readonly<Record<string, ServerLists>>,
  server: Partial<CatalogServer> = {},
): Catalog {
  const names = Object.keys(lists);
  const info = { enabled: true, trustAnnotations: false, ...server };
  const servers = new Map(names.map((name) => [name, info]));
  return buildCatalog(sampleRules(rules), servers, new Map(Object.entries(lists)));
}

function toolNames(catalog: Catalog): string[] {
  return [...catalog.tools.keys()];
}

describe('the catalog', () => {
  it('lists in member order, then in the order of the server', () => {
    const members = [sampleMember({ server: 'b' }), sampleMember({ server: 'a' })];
    const catalog = catalogOf({ members }, { a: toolLists('z', 'y'), b: toolLists('x') });
    assert.deepEqual(toolNames(catalog), ['b__x', 'a__z', 'a__y']);
    assert.deepEqual(catalog.servers, ['b', 'a']);
  });

  it('leaves out disabled members, disabled servers, and servers it knows nothing of', () => {
    const members = [
      sampleMember({ server: 'off', enabled: false }),
      sampleMember({ server: 'unknown' }),
    ];
    const catalog = catalogOf({ members }, { off: toolLists('x') });
    assert.deepEqual([toolNames(catalog), catalog.servers], [[], []]);
    const disabled = catalogOf({}, { git: toolLists('x') }, { enabled: false });
    assert.deepEqual([toolNames(disabled), disabled.servers], [[], []]);
  });

  it('keeps unknown fields and lays what the operator set over the rest', () => {
    const tool = {
      name: 'push',
      title: 'Push',
      description: 'upstream says',
      inputSchema: { type: 'object', $defs: {} },
      annotations: { readOnlyHint: true, destructiveHint: true, vendor: 1 },
      vendor: { deep: [1] },
    };
    const override = { title: 'T', description: 'D', annotations: { readOnlyHint: false } };
    const members = [sampleMember({ tools: { push: override } })];
    const catalog = catalogOf({ members }, { git: sampleLists({ tools: [tool] }) });
    assert.deepEqual(catalog.tools.get('git__push')?.definition, {
      ...tool,
      name: 'git__push',
      title: 'T',
      description: 'D',
      annotations: { readOnlyHint: false, destructiveHint: true, vendor: 1 },
    });
  });

  it('gives an override’s name without prefix, for tools and prompts', () => {
    const members = [sampleMember({ tools: { read: { name: 'repo.read' } } })];
    const lists = sampleLists({ tools: [{ name: 'read' }], prompts: [{ name: 'read', x: 1 }] });
    const catalog = catalogOf({ members }, { git: lists });
    assert.equal(catalog.tools.get('repo.read')?.name, 'read');
    assert.deepEqual(catalog.prompts.get('repo.read')?.definition, { name: 'repo.read', x: 1 });
  });

  it('hides by exclude and by override, and include narrows', () => {
    const git = toolLists('get', 'get_all', 'put', 'set');
    const shown = (member: Partial<NamespaceRules['members'][number]>) =>
      toolNames(catalogOf({ members: [sampleMember({ prefix: '', ...member })] }, { git }));
    assert.deepEqual(shown({ exclude: ['get*'] }), ['put', 'set']);
    assert.deepEqual(shown({ include: ['get*'] }), ['get', 'get_all']);
    assert.deepEqual(shown({ include: ['get*'], exclude: ['*_all'] }), ['get']);
    assert.deepEqual(shown({ tools: { put: { enabled: false } } }), ['get', 'get_all', 'set']);
    assert.deepEqual(shown({ include: ['get'], tools: { put: {} } }), ['get', 'put']);
    assert.deepEqual(shown({ exclude: ['put'], tools: { put: { enabled: true } } }), [
      'get',
      'get_all',
      'set',
    ]);
  });

  it('shows new tools only where they are allowed', () => {
    const members = [sampleMember({ prefix: '', tools: { put: {} } })];
    const git = toolLists('get', 'put');
    assert.deepEqual(toolNames(catalogOf({ members, newTools: 'deny' }, { git })), ['put']);
    const included = [sampleMember({ prefix: '', include: ['g*'] })];
    const catalog = catalogOf({ members: included, newTools: 'deny' }, { git });
    assert.deepEqual(toolNames(catalog), ['get']);
  });

  it('shows none of those who claim one visible name, and reports them all', () => {
    const members = ['a', 'b', 'c'].map((server) => sampleMember({ server, prefix: '' }));
    const lists = { a: toolLists('echo', 'x'), b: toolLists('echo'), c: toolLists('y', 'echo') };
    const catalog = catalogOf({ members }, lists);
    assert.deepEqual(toolNames(catalog), ['x', 'y']);
    const claimants = ['a', 'b', 'c'].map((server) => ({ server, name: 'echo' }));
    assert.deepEqual(catalog.clashes, [{ kind: 'tool', visibleName: 'echo', claimants }]);
  });

  it('does not take a tool and a prompt of one name for a clash', () => {
    const lists = sampleLists({ tools: [{ name: 'x' }], prompts: [{ name: 'x' }] });
    assert.deepEqual(catalogOf({}, { git: lists }).clashes, []);
  });

  it('counts a tool that its server lists twice once', () => {
    const tools = [{ name: 'x', first: true }, { name: 'x' }];
    const catalog = catalogOf({}, { git: sampleLists({ tools }) });
    assert.equal(catalog.tools.get('git__x')?.definition.first, true);
    assert.deepEqual(catalog.clashes, []);
  });

  it('makes resources of several servers distinct, and says so when they are not', () => {
    const members = [sampleMember({ server: 'a' }), sampleMember({ server: 'b' })];
    const lists = sampleLists({
      resources: [{ uri: 'file:///x', mimeType: 'text/plain' }],
      templates: [{ uriTemplate: 'ui://{x}' }],
    });
    const prefixed = catalogOf({ members }, { a: lists, b: lists });
    assert.deepEqual([...prefixed.resources.keys()], ['a+file:///x', 'b+file:///x']);
    assert.deepEqual(
      prefixed.templates.map((template) => template.definition.uriTemplate),
      ['ui://a+{x}', 'ui://b+{x}'],
    );
    const kept = catalogOf({ members, resourceUris: 'keep' }, { a: lists, b: lists });
    assert.deepEqual([kept.resources.size, kept.templates.length], [0, 0]);
    assert.deepEqual(
      kept.clashes.map((clash) => [clash.kind, clash.visibleName]),
      [
        ['resource', 'file:///x'],
        ['template', 'ui://{x}'],
      ],
    );
  });

  it('rewrites the view of an MCP App together with its resource', () => {
    const tools = [{ name: 'show', _meta: { ui: { resourceUri: 'ui://v' } } }];
    const catalog = catalogOf({}, { git: sampleLists({ tools, resources: [{ uri: 'ui://v' }] }) });
    assert.ok(catalog.resources.has('ui://git+v'));
    const definition = catalog.tools.get('git__show')?.definition;
    assert.deepEqual(definition?._meta, { ui: { resourceUri: 'ui://git+v' } });
  });

  it('takes overrides of tools named like JavaScript’s own', () => {
    const git = toolLists('constructor', '__proto__', 'toString');
    const catalog = catalogOf({ members: [sampleMember({ prefix: '' })] }, { git });
    assert.deepEqual(toolNames(catalog), ['constructor', '__proto__', 'toString']);
    const denied = catalogOf({ newTools: 'deny' }, { git });
    assert.deepEqual(toolNames(denied), []);
  });
});

describe('the read-only hint of a tool', () => {
  function hint(tool: Partial<ListedTool>, operator: unknown, trustAnnotations: boolean) {
    const tools = operator === undefined ? {} : { x: { annotations: { readOnlyHint: operator } } };
    const lists = { git: sampleLists({ tools: [{ name: 'x', ...tool }] }) };
    const catalog = catalogOf({ members: [sampleMember({ tools })] }, lists, { trustAnnotations });
    return catalog.tools.get('git__x')?.readOnlyHint;
  }
  const claimed = { annotations: { readOnlyHint: true } };

  it('is the operator’s; the upstream’s own counts only where it is trusted', () => {
    assert.equal(hint(claimed, undefined, false), false);
    assert.equal(hint(claimed, undefined, true), true);
    assert.equal(hint({}, true, false), true);
    assert.equal(hint(claimed, false, true), false);
    assert.equal(hint({}, undefined, true), false);
  });

  it('is true for nothing but true', () => {
    for (const odd of ['true', 1, {}]) {
      assert.equal(hint({}, odd, false), false);
      assert.equal(hint({ annotations: { readOnlyHint: odd as boolean } }, undefined, true), false);
    }
    const none = JSON.parse('{"annotations":null}') as Partial<ListedTool>;
    assert.equal(hint(none, undefined, true), false);
  });
});

describe('any catalog', () => {
  it('has unique, legal names, each of them shown or in a clash, never both', () => {
    const random = createSeededRandom(5);
    for (let round = 0; round < 1_000; round++) {
      const { rules, servers, lists } = randomNamespace(random);
      const catalog = buildCatalog(rules, servers, lists);
      for (const entry of [...catalog.tools.values(), ...catalog.prompts.values()]) {
        assert.ok(isLegalName(entry.visibleName, rules.maxNameLength), entry.visibleName);
        assert.equal(entry.definition.name, entry.visibleName);
      }
      for (const clash of catalog.clashes) {
        assert.ok(clash.claimants.length > 1);
        if (clash.kind === 'tool') assert.ok(!catalog.tools.has(clash.visibleName));
        if (clash.kind === 'prompt') assert.ok(!catalog.prompts.has(clash.visibleName));
        if (clash.kind === 'resource') assert.ok(!catalog.resources.has(clash.visibleName));
      }
    }
  });

  it('is the same when it is built again, and leaves its input alone', () => {
    const random = createSeededRandom(6);
    for (let round = 0; round < 200; round++) {
      const { rules, servers, lists } = randomNamespace(random);
      const before = structuredClone({ rules, servers, lists });
      assert.deepEqual(buildCatalog(rules, servers, lists), buildCatalog(rules, servers, lists));
      assert.deepEqual({ rules, servers, lists }, before);
    }
  });
});
