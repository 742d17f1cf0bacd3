import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';
import { buildCatalog } from '@sluice/contract/catalog';
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { sampleLists, sampleMember, sampleRules } from '@sluice/contract/testing/sample-namespace';
import { serverOf } from '../upstream/testing/test-upstreams.ts';
import type { NamespaceView } from './catalogs.ts';
import { visibleView } from './visible-view.ts';

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
    const list = visibleView(viewOf({ git: GIT }), 'open', UNRESTRICTED).list('tools/list');
    assert.deepEqual(JSON.parse(list.toString()), {
      tools: [{ name: 'git__pull', inputSchema: { type: 'object' }, future: { kept: [1] } }],
    });
  });

  it('is one list of each kind, empty where there is nothing', () => {
    const view = viewOf({ git: GIT, files: FILES });
    const lists = (ruleSetId: string, rules: RuleSet) =>
      (['prompts/list', 'resources/list', 'resources/templates/list'] as const).map((method) =>
        visibleView(view, ruleSetId, rules).list(method).toString(),
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
    const once = visibleView(view, 'open', UNRESTRICTED).list('tools/list');
    assert.equal(visibleView(view, 'open', UNRESTRICTED).list('tools/list'), once);
    assert.notEqual(visibleView(view, 'git', ONLY_GIT).list('tools/list'), once);
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
