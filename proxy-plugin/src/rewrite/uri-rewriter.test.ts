import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeededRandom, type SeededRandom } from '@sluice/contract/testing/seeded-random';
import type { UriMethod } from './uri-paths.ts';
import { createUriRewriter } from './uri-rewriter.ts';

const toVisible = (uri: string) => `files+${uri}`;

/** What goes out for `text` when it comes in pieces of `pieceLength` bytes. */
function rewrite(method: UriMethod, text: string, pieceLength = Number.POSITIVE_INFINITY): string {
  const bytes = Buffer.from(text);
  const rewriter = createUriRewriter(method, toVisible);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength) {
    out.push(...rewriter.push(Buffer.from(bytes.subarray(at, at + pieceLength))));
  }
  return Buffer.concat(out).toString();
}

function response(result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 7, result });
}

describe('URIs of results', () => {
  it('are visible in links and embedded resources of a tool', () => {
    const result = (uri: (original: string) => string) => ({
      content: [
        { type: 'text', text: 'see file:///a' },
        { type: 'resource_link', uri: uri('file:///a'), name: 'a' },
        { type: 'resource', resource: { uri: uri('file:///b'), text: 'b' } },
      ],
    });
    assert.equal(
      rewrite('tools/call', response(result((uri) => uri))),
      response(result(toVisible)),
    );
  });

  it('are visible in what was read', () => {
    const result = (uri: (original: string) => string) => ({
      contents: [{ uri: uri('file:///a'), text: '{"uri":"file:///a"}' }, { uri: uri('ui://b') }],
    });
    assert.equal(
      rewrite('resources/read', response(result((uri) => uri))),
      response(result(toVisible)),
    );
  });

  it('are visible in messages of a prompt, one block or several', () => {
    const result = (uri: (original: string) => string) => ({
      messages: [
        { role: 'user', content: { type: 'resource_link', uri: uri('file:///a') } },
        { role: 'user', content: { type: 'resource', resource: { uri: uri('file:///b') } } },
        { role: 'user', content: [{ type: 'resource', resource: { uri: uri('file:///c') } }] },
      ],
    });
    assert.equal(
      rewrite('prompts/get', response(result((uri) => uri))),
      response(result(toVisible)),
    );
  });

  it('stay as they are in data that belongs to the server', () => {
    const text = response({
      uri: 'file:///a',
      structuredContent: { content: [{ uri: 'file:///a' }] },
      _meta: { uri: 'file:///a' },
      content: [{ type: 'text', text: 't', _meta: { uri: 'file:///a' }, uri: null }],
      contents: [{ uri: 'file:///a' }],
    });
    assert.equal(rewrite('tools/call', text), text);
  });

  it('are found behind keys that are written with escapes', () => {
    const text = '{"result":{"con\\u0074ents":[{"\\u0075ri":"file:\\/\\/\\/a"}]}}';
    assert.equal(
      rewrite('resources/read', text),
      '{"result":{"con\\u0074ents":[{"\\u0075ri":"files+file:///a"}]}}',
    );
  });

  it('leave every other byte as it came', () => {
    const text =
      '{ "result" :{"contents":[ {"uri" : "a","n":1.0e0,"__proto__":{"x":"\\u00e4ß"}} ]}}';
    assert.equal(rewrite('resources/read', text), text.replace('"a"', '"files+a"'));
  });

  it('do not hold up a response: an endless URI is passed on as it is', () => {
    const rewriter = createUriRewriter('resources/read', toVisible);
    rewriter.push(Buffer.from('{"result":{"contents":[{"uri":"'));
    let passed = 0;
    for (let i = 0; i < 100; i += 1) {
      for (const piece of rewriter.push(Buffer.alloc(1024, 'u'))) passed += piece.length;
    }
    assert.ok(passed >= 100 * 1024 - 64 * 1024);
    const rest = Buffer.concat([...rewriter.push(Buffer.from('"},{"uri":"b"}]}}'))]);
    assert.match(rest.toString(), /\{"uri":"files\+b"\}/);
  });

  it('are rewritten as a reader of the whole would, however the bytes come (seeded)', () => {
    const random = createSeededRandom(20260728);
    for (let round = 0; round < 400; round += 1) {
      const method = random.pick(['tools/call', 'prompts/get', 'resources/read'] as const);
      const result = randomValue(random, 6);
      const expected = JSON.stringify({ id: 1, result: expectedResult(method, result) });
      const text = JSON.stringify({ id: 1, result });
      assert.equal(rewrite(method, text, 1 + random.below(20)), expected, `${method} ${text}`);
    }
  });
});

/** Values out of few keys, so that they often meet the places that matter. */
function randomValue(random: SeededRandom, depth: number): unknown {
  if (depth === 0 || random.chance(0.2)) {
    return random.pick<unknown>(['file:///a', 'ui://ä"\\', '', 1, null, true]);
  }
  if (random.chance(0.4)) return random.list(3, () => randomValue(random, depth - 1));
  const keys = ['content', 'contents', 'messages', 'resource', 'uri', 'uri', 'text'];
  const entries = random.list(4, () => [random.pick(keys), randomValue(random, depth - 1)]);
  return Object.fromEntries(entries as [string, unknown][]);
}

function expectedResult(method: UriMethod, result: unknown): unknown {
  if (method === 'tools/call') return changed(result, 'content', (all) => items(all, block));
  if (method === 'resources/read') {
    return changed(result, 'contents', (all) => items(all, (one) => changed(one, 'uri', visible)));
  }
  const message = (one: unknown) =>
    changed(one, 'content', (content) =>
      Array.isArray(content) ? items(content, block) : block(content),
    );
  return changed(result, 'messages', (all) => items(all, message));
}

function block(value: unknown): unknown {
  const linked = changed(value, 'uri', visible);
  return changed(linked, 'resource', (resource) => changed(resource, 'uri', visible));
}

function changed(value: unknown, key: string, change: (inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? change(inner) : inner]),
  );
}

function items(value: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : value;
}

function visible(value: unknown): unknown {
  return typeof value === 'string' ? toVisible(value) : value;
}
