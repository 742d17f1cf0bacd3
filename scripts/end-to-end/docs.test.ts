/** The docs page in a real browser that can reach no other host: issues a key there, and the key works. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page, Response } from 'playwright-core';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { openSession } from './mcp-session.ts';
import { type Browser, openBrowser, storedBy } from './open-browser.ts';
import { put } from './provision.ts';

describe('the docs page in a browser', () => {
  let gateway: Gateway;
  let browser: Browser;
  let page: Page;

  before(async () => {
    gateway = await startGateway();
    await put(gateway, 'namespaces/empty', { members: [] });
    await put(gateway, 'endpoints/default', { namespace: 'empty' });
    browser = await openBrowser();
    ({ page } = browser);
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.stop();
  });

  /** Opens "Test Request" of an operation of keys, types the admin key, and sends. */
  async function testRequest(method: string, apiPath: string): Promise<Response> {
    await page.goto('about:blank');
    await page.goto(`${gateway.adminUrl}/docs#tag/keys/${method}${apiPath}`);
    await page.getByRole('button', { name: `(${method.toLowerCase()} ${apiPath})` }).click();
    const client = page.getByRole('dialog');
    await client.getByPlaceholder('Token').fill(gateway.adminKey);
    const [reply] = await Promise.all([
      page.waitForResponse((response) => response.url().includes(apiPath)),
      client.getByRole('button', { name: 'Send Request' }).click(),
    ]);
    return reply;
  }

  it('issues a key with Test Request and shows it, and the key opens a session', async () => {
    const reply = await testRequest('POST', '/api/v1/keys');
    assert.equal(reply.status(), 201);
    const { secret } = (await reply.json()) as { secret: string };
    await page.getByRole('dialog').getByText(secret).first().waitFor();
    await openSession(`${gateway.url}/metamcp/default/mcp`, secret);
  });

  it('reads a list with every parameter as the page fills it in', async () => {
    const reply = await testRequest('GET', '/api/v1/keys');
    assert.equal(reply.status(), 200, await reply.text());
  });

  it('asked no other host for anything', () => {
    const origins = new Set(browser.requested.map((url) => new URL(url).origin));
    assert.deepEqual([...origins], [gateway.adminUrl]);
  });

  it('left no key in the storage of the browser', async () => {
    assert.ok(!(await storedBy(page)).includes(gateway.adminKey));
  });

  it('had nothing to complain about', () => {
    assert.deepEqual(browser.complaints, []);
  });
});
