import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createDocsPage } from './docs-page.ts';

const NOTICE = new URL('../../vendor/scalar/NOTICE.md', import.meta.url);
const app = createDocsPage();

async function bundlePath(): Promise<string> {
  const html = await (await app.request('/docs')).text();
  const path = /\/docs\/scalar-[\d.]+\.js/.exec(html)?.[0];
  assert.ok(path, html);
  return path;
}

describe('the docs page', () => {
  it('runs only scripts with the nonce of this very reply', async () => {
    const nonces = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const response = await app.request('/docs');
      const policy = response.headers.get('content-security-policy') ?? '';
      const nonce = /script-src 'nonce-([^']+)';/.exec(policy)?.[1] ?? '';
      nonces.add(nonce);
      const scripts = (await response.text()).match(/<script[^>]*>/g) ?? [];
      assert.ok(scripts.length > 0);
      for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), script);
    }
    assert.equal(nonces.size, 3);
  });

  it('names no other host in what the browser would load', async () => {
    const html = await (await app.request('/docs')).text();
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
    assert.doesNotMatch(html, /jsdelivr|unpkg|fonts\.scalar/);
  });

  it('brings its icon: nothing is asked of the server that others may have there', async () => {
    assert.match(
      await (await app.request('/docs')).text(),
      /<head><link rel="icon" href="data:,">/,
    );
  });

  it('stores no key in the browser', async () => {
    assert.match(await (await app.request('/docs')).text(), /"persistAuth":\s*false/);
  });

  it('serves the vendored bundle, unchanged, for ever', async () => {
    const response = await app.request(await bundlePath(), {
      headers: { 'Accept-Encoding': 'br, gzip' },
    });
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.match(response.headers.get('cache-control') ?? '', /immutable/);
    const script = gunzipSync(Buffer.from(await response.arrayBuffer()));
    const hash = createHash('sha256').update(script).digest('hex');
    assert.ok(readFileSync(NOTICE, 'utf8').includes(hash), hash);
  });

  it('serves it plain to a client that takes no gzip', async () => {
    const response = await app.request(await bundlePath());
    assert.equal(response.headers.get('content-encoding'), null);
    assert.ok((await response.arrayBuffer()).byteLength > 4_000_000);
  });
});
