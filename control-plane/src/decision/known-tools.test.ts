/** Guarantees of what the decision knows of tools: the names are those that the sidecars show. */
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { NamespaceRules } from '@sluice/contract/snapshot';
import { sampleMember, sampleRules } from '@sluice/contract/testing/sample-namespace';
import { sampleServer } from '../testing/sample-policy.ts';
import { createKnownTools, type KnownTools } from './known-tools.ts';

let known: KnownTools;
beforeEach(() => {
  known = createKnownTools();
  known.apply({ full: true, servers: { git: sampleServer('git') }, namespaces: rules({}) });
  known.listed({ server: 'git', revision: 1, tools: [{ name: 'log' }, { name: 'push' }] });
});

function rules(some: Partial<NamespaceRules>): Record<string, NamespaceRules> {
  return { dev: sampleRules(some) };
}

const nameOf = (visibleName: string) => known.find('dev', visibleName)?.name;

it('a visible name stands for its original, a made-up one for nothing', () => {
  assert.equal(nameOf('git__log'), 'log');
  assert.equal(nameOf('git__nothing'), undefined);
  assert.equal(nameOf('constructor'), undefined);
  assert.equal(known.find('other', 'git__log'), undefined);
});

it('a change of names acts at once', () => {
  const tools = { log: { name: 'git__push' }, push: { name: 'safe' } };
  known.apply({ full: false, namespaces: rules({ members: [sampleMember({ tools })] }) });
  assert.deepEqual(
    [nameOf('git__push'), nameOf('safe'), nameOf('git__log')],
    ['log', 'push', undefined],
  );
});

it('a list counts only for the revision of the server that it is of', () => {
  known.apply({ full: false, servers: { git: { ...sampleServer('git'), revision: 2 } } });
  assert.equal(nameOf('git__log'), undefined);
  known.listed({ server: 'git', revision: 2, tools: [{ name: 'log' }] });
  assert.equal(nameOf('git__log'), 'log');
});

it('a server that is gone or switched off has no tools, nor has its successor', () => {
  known.apply({ full: false, servers: { git: { ...sampleServer('git'), enabled: false } } });
  assert.equal(nameOf('git__log'), undefined);
  known.apply({ full: false, servers: { git: null } });
  known.apply({ full: false, servers: { git: sampleServer('git') } });
  assert.equal(nameOf('git__log'), undefined);
});

it('what changes no name leaves what is known as it is: keys, limits, the lists of other servers', () => {
  const before = known.find('dev', 'git__log');
  known.apply({ full: false });
  known.listed({ server: 'docs', revision: 1, tools: [{ name: 'search' }] });
  assert.ok(before);
  assert.equal(known.find('dev', 'git__log'), before);
});
