import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toOriginalUri, toVisibleUri, withVisibleAppUri } from './resource-uri.ts';
import { createSeededRandom } from './testing/seeded-random.ts';

describe('resource URIs', () => {
  it('carry their server, and ui:// stays in front', () => {
    assert.equal(toVisibleUri('prefix', 'docs', 'file:///a'), 'docs+file:///a');
    assert.equal(toVisibleUri('prefix', 'docs', 'ui://app/main'), 'ui://docs+app/main');
    assert.equal(toVisibleUri('prefix', 'docs', 'file:///{path}'), 'docs+file:///{path}');
    assert.equal(toVisibleUri('keep', 'docs', 'file:///a'), 'file:///a');
  });

  it('lead back to server and original, whatever they are made of', () => {
    const random = createSeededRandom(4);
    const servers = ['a', 'ui', 'git-hub', 'x1'];
    const pieces = ['ui://', 'file:///', '+', 'a', '%2B', '{x}', '/', '\n', 'é', 'a+', 'ui:'];
    for (let round = 0; round < 5_000; round++) {
      const server = random.pick(servers);
      const uri = random.list(6, () => random.pick(pieces)).join('');
      const visible = toVisibleUri('prefix', server, uri);
      assert.deepEqual(toOriginalUri('prefix', servers, visible), { server, uri }, visible);
    }
  });

  it('that name no server of the namespace lead nowhere', () => {
    for (const uri of [
      'file:///a',
      'other+file:///a',
      'ui://other+x',
      'ui://x',
      'docs',
      '',
      '+x',
    ]) {
      assert.equal(toOriginalUri('prefix', ['docs'], uri), undefined, uri);
    }
  });

  it('that a template such as {+uri} expanded to are understood', () => {
    const original = { server: 'docs', uri: 'ui://x' };
    assert.deepEqual(toOriginalUri('prefix', ['docs'], 'docs+ui://x'), original);
  });

  it('that are kept belong to the only server, and to nobody where there are several', () => {
    const original = { server: 'docs', uri: 'a+b' };
    assert.deepEqual(toOriginalUri('keep', ['docs'], 'a+b'), original);
    assert.equal(toOriginalUri('keep', ['docs', 'a'], 'a+b'), undefined);
    assert.equal(toOriginalUri('keep', [], 'a+b'), undefined);
  });

  it('of MCP Apps views are rewritten in both spellings, and nothing else is', () => {
    const toVisible = (uri: string) => toVisibleUri('prefix', 'docs', uri);
    const definition = {
      name: 'show',
      _meta: {
        ui: { resourceUri: 'ui://v', csp: { a: 1 } },
        'ui/resourceUri': 'ui://v',
        'x/resourceUri': 'ui://v',
      },
    };
    assert.deepEqual(withVisibleAppUri(definition, toVisible), {
      name: 'show',
      _meta: {
        ui: { resourceUri: 'ui://docs+v', csp: { a: 1 } },
        'ui/resourceUri': 'ui://docs+v',
        'x/resourceUri': 'ui://v',
      },
    });
    for (const _meta of [undefined, null, 'x', [], { ui: null }, { ui: { resourceUri: 1 } }]) {
      assert.deepEqual(withVisibleAppUri({ _meta }, toVisible), { _meta });
    }
  });
});
