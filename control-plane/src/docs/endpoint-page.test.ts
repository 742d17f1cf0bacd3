import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEndpointPage } from './endpoint-page.ts';

const app = createEndpointPage();

it('the docs page of an endpoint runs only scripts with the nonce of this very reply', async () => {
  const nonces = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const response = await app.request('/docs/endpoint');
    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)';/.exec(policy)?.[1] ?? '';
    nonces.add(nonce);
    const scripts = (await response.text()).match(/<script[^>]*>/g) ?? [];
    assert.equal(scripts.length, 2);
    for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), script);
  }
  assert.equal(nonces.size, 3);
});

it('the docs page of an endpoint names no other host, and stores no key', async () => {
  const html = await (await app.request('/docs/endpoint')).text();
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(html, /localStorage|sessionStorage|cookie/);
  assert.match(html, /"persistAuth":false/);
});
