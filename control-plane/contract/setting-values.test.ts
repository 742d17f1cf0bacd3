/** Guarantees about the values of settings. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { oneOf, parseCount, parseLimitHeaders, parseOrigin } from './setting-values.ts';

it('an origin is read in its one spelling, and nothing but an origin is one', () => {
  assert.equal(parseOrigin('https://MCP.example.com:443/'), 'https://mcp.example.com');
  assert.equal(parseOrigin('http://[::1]:12008'), 'http://[::1]:12008');
  for (const wrong of [
    'mcp.example.com',
    'ftp://example.com',
    'https://example.com/path',
    'https://example.com?x',
    'https://example.com/#',
    'https://user:password@example.com',
  ]) {
    assert.throws(() => parseOrigin(wrong), /is not an http or https origin/, wrong);
  }
});

it('a word must be one of those that there are', () => {
  assert.equal(oneOf(['any', 'off'])('off'), 'off');
  assert.throws(() => oneOf(['any', 'off'])('Off'), /"Off" is none of any, off/);
});

it('a count is a whole number of 1 or more', () => {
  assert.equal(parseCount('30'), 30);
  for (const wrong of ['0', '-1', '1.5', '1e3', '030', '9999999999']) {
    assert.throws(() => parseCount(wrong), /is not a whole number/, wrong);
  }
});

it('headers that limits count by are read in lower case, each once', () => {
  assert.deepEqual(parseLimitHeaders('X-Team, x-tenant,x-team'), ['x-team', 'x-tenant']);
});

it('a header that carries credentials, is ours, or clashes in NGINX is refused', () => {
  for (const [text, why] of [
    ['Authorization', /carries credentials/],
    ['x-team,Cookie', /cookie carries credentials/],
    ['X-Sluice-Decision', /gateway's own/],
    ['x_team', /is not a header name/],
    ['x--team', /is not a header name/],
    ['x team', /is not a header name/],
    ['x-team,', /"" is not a header name/],
  ] as const) {
    assert.throws(() => parseLimitHeaders(text), why, text);
  }
});
