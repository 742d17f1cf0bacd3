import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RuleSet, refusalFor, type Target, UNRESTRICTED } from './access.ts';

const readTool: Target = { kind: 'tool', server: 'git', name: 'log', readOnlyHint: true };
const writeTool: Target = { kind: 'tool', server: 'git', name: 'push', readOnlyHint: false };
const prompt: Target = { kind: 'prompt', server: 'git', name: 'review', readOnlyHint: false };
const resource: Target = { kind: 'resource', server: 'git', name: '', readOnlyHint: true };

function rules(some: Partial<RuleSet>): RuleSet {
  return { ...UNRESTRICTED, ...some };
}

describe('rules of a key', () => {
  it('allow everything when there are none', () => {
    for (const target of [readTool, writeTool, prompt, resource]) {
      assert.equal(refusalFor(UNRESTRICTED, target), undefined);
    }
  });

  it('let deny win over allow', () => {
    const both = rules({ allow: ['git/*'], deny: ['git/push'] });
    assert.equal(refusalFor(both, writeTool), 'not_granted');
    assert.equal(refusalFor(both, readTool), undefined);
  });

  it('hide everything else of any kind as soon as one glob allows something', () => {
    const one = rules({ allow: ['git/log'] });
    assert.equal(refusalFor(one, readTool), undefined);
    for (const target of [writeTool, prompt, resource]) {
      assert.equal(refusalFor(one, target), 'not_granted');
    }
  });

  it('grant resources by whole servers only', () => {
    for (const allow of ['*', 'git/*', 'g*', '*/*', 'git/**', 'g*t/*']) {
      assert.equal(refusalFor(rules({ allow: [allow] }), resource), undefined, allow);
    }
    for (const allow of ['git', 'git/log', 'git/l*', '*/log', 'gi/*', 'github/*']) {
      assert.equal(refusalFor(rules({ allow: [allow] }), resource), 'not_granted', allow);
    }
    assert.equal(refusalFor(rules({ deny: ['git/*'] }), resource), 'not_granted');
    assert.equal(refusalFor(rules({ deny: ['git/log'] }), resource), undefined);
  });

  it('give a read-only key the tools that only read, and prompts and resources', () => {
    const readOnly = rules({ readOnly: true });
    assert.equal(refusalFor(readOnly, writeTool), 'read_only');
    for (const target of [readTool, prompt, resource]) {
      assert.equal(refusalFor(readOnly, target), undefined);
    }
  });

  it('name a missing grant before the read-only rule', () => {
    const narrow = rules({ readOnly: true, allow: ['other/*'] });
    assert.equal(refusalFor(narrow, writeTool), 'not_granted');
  });
});
