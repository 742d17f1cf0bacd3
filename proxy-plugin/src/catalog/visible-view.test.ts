import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';
import { buildCatalog } from '@sluice/contract/catalog';
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { sampleLists, sampleMember, sampleRules } from '@sluice/contract/testing/sample-namespace';
import { serverOf } from '../upstream/testing/test-upstreams.ts';
import type { NamespaceView } from './catalogs.ts';
import { MAX_PAGE_ENTRIES, visibleView } from './visible-view.ts';

function viewOf(
  lists: Record<string, ServerLists>,
  unlisted: readonly ServerRuntime[] = [],
): NamespaceView {
  const names = Object.keys(lists);
  const rules = sampleRules({ members: names.map((server) => sampleMember({ server })) });
  const servers = new Map(names.map((name) => [name, { enabled: true, trustAnnotations: false }]));
  const byServer = new Map(Object.entries(lists));
  return { catalog: buildCatalog(rules, servers, byServer), lists: byServer, unlisted };
}

const ONLY_GIT: RuleSet = { ...UNRESTRICTED, allow: ['git/*'] };

const GIT = sampleLists({
  tools: [{ name: 'pull', inputSchema: { type: 'object' }, future: { kept: [1] } }],
  capabilities: { tools: { listChanged: true }, tasks: {} },
  instructions: 'Pull first.',
});
const FILES = sampleLists({
  tools: [{ name: 'read' }],
  resources: [{ uri: 'file:///a', name: 'a' }],
  templates: [{ uriTemplate: 'file:///{path}', name: 'any' }],
  prompts: [{ name: 'sum' }],
  capabilities: { tools: {}, resources: {}, prompts: {} },
  instructions: 'Mind the quota.',
});

describe('what a rule set sees', () => {
  it('is listed with every field that the server gave', () => {
    const list = visibleView(viewOf({ git: GIT }), 'open', UNRESTRICTED).pages('tools/list');
    assert.deepEqual(JSON.parse(list.join()), {
      tools: [{ name: 'git__pull', inputSchema: { type: 'object' }, future: { kept: [1] } }],
    });
  });

  it('is one list of each kind, empty where there is nothing', () => {
    const view = viewOf({ git: GIT, files: FILES });
    const lists = (ruleSetId: string, rules: RuleSet) =>
      (['prompts/list', 'resources/list', 'resources/templates/list'] as const).map((method) =>
        visibleView(view, ruleSetId, rules).pages(method).join(),
      );
    assert.deepEqual(lists('open', UNRESTRICTED), [
      '{"prompts":[{"name":"files__sum"}]}',
      '{"resources":[{"uri":"files+file:///a","name":"a"}]}',
      '{"resourceTemplates":[{"uriTemplate":"files+file:///{path}","name":"any"}]}',
    ]);
    assert.deepEqual(lists('git', ONLY_GIT), [
      '{"prompts":[]}',
      '{"resources":[]}',
      '{"resourceTemplates":[]}',
    ]);
  });

  it('is written once for all that have the rule set', () => {
    const view = viewOf({ git: GIT });
    const once = visibleView(view, 'open', UNRESTRICTED).pages('tools/list');
    assert.equal(visibleView(view, 'open', UNRESTRICTED).pages('tools/list'), once);
    assert.notEqual(visibleView(view, 'git', ONLY_GIT).pages('tools/list'), once);
  });
});

describe('a long list', () => {
  const uris = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ uri: `file:///${i}`, name: `${i}` }));
  const viewOfMany = (count: number) =>
    visibleView(viewOf({ s: sampleLists({ resources: uris(count) }) }), 'open', UNRESTRICTED);

  it('is cut into pages that are the whole of it, in order', () => {
    const pages = viewOfMany(2 * MAX_PAGE_ENTRIES + 1).pages('resources/list');
    const entries = pages.map((page) => JSON.parse(page.toString()).resources);
    assert.deepEqual(
      entries.map(({ length }) => length),
      [MAX_PAGE_ENTRIES, MAX_PAGE_ENTRIES, 1],
    );
    assert.deepEqual(
      entries.flat().map(({ name }) => name),
      uris(2 * MAX_PAGE_ENTRIES + 1).map(({ name }) => name),
    );
  });

  it('is one page up to its size, and one when there is nothing', () => {
    assert.equal(viewOfMany(MAX_PAGE_ENTRIES).pages('resources/list').length, 1);
    assert.equal(viewOfMany(0).pages('resources/list').length, 1);
  });

  it('has another fingerprint when anything on any page is different', () => {
    const { fingerprints } = viewOfMany(1_500);
    assert.equal(viewOfMany(1_500).fingerprints.resources, fingerprints.resources);
    assert.notEqual(viewOfMany(1_501).fingerprints.resources, fingerprints.resources);
  });
});

describe('what an endpoint offers', () => {
  it('is the union of what its servers can do, and nothing that the gateway can not', () => {
    const offer = (lists: Record<string, ServerLists>) =>
      visibleView(viewOf(lists), 'open', UNRESTRICTED).offer().capabilities;
    const some = { listChanged: true };
    assert.deepEqual(offer({ git: GIT }), { tools: some });
    const both = offer({ git: GIT, files: FILES });
    assert.deepEqual(both, { tools: some, prompts: some, resources: some });
    assert.deepEqual(offer({}), {});
  });

  it('is everything as long as a server is not listed', () => {
    const { capabilities } = visibleView(
      viewOf({ git: GIT }, [serverOf('late', {})]),
      'open',
      UNRESTRICTED,
    ).offer();
    const all = ['tools', 'prompts', 'resources', 'logging', 'completions'];
    assert.deepEqual(Object.keys(capabilities), all);
  });

  it('has the instructions of the servers that the principal can use', () => {
    const view = viewOf({ git: GIT, files: FILES });
    const { instructions } = visibleView(view, 'open', UNRESTRICTED).offer();
    assert.equal(instructions, '## git\n\nPull first.\n\n## files\n\nMind the quota.');
    assert.equal(visibleView(view, 'git', ONLY_GIT).offer().instructions, 'Pull first.');
  });

  it('is bounded however much servers have to say', () => {
    const lists = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`s${i}`, { ...GIT, instructions: 'x'.repeat(50_000) }]),
    );
    const { instructions } = visibleView(viewOf(lists), 'open', UNRESTRICTED).offer();
    assert.equal(instructions.length, 16_000);
  });
});
