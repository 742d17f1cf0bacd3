/** The docs page of an endpoint in a real browser that can reach no other host: a tool is called there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { type Browser, openBrowser, storedBy } from './open-browser.ts';
import { issueKey, provisionEverything, put } from './provision.ts';

describe('the docs page of an endpoint', () => {
  let gateway: Gateway;
  let browser: Browser;
  let page: Page;
  let key: string;

  before(async () => {
    gateway = await startGateway();
    await provisionEverything(gateway);
    await put(gateway, 'endpoints/open', { namespace: 'main', auth: ['none'] });
    key = await issueKey(gateway, 'narrow', { endpoints: ['default'], allow: ['everything/echo'] });
    browser = await openBrowser();
    ({ page } = browser);
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await gateway?.stop();
  });

  it('asks for a key, says why one is refused, and shows what a good one may call', async () => {
    await page.goto(`${gateway.url}/metamcp/default/api`);
    const input = page.getByLabel('API key');
    await input.fill('mm_wrong');
    await page.getByRole('button', { name: 'Show the tools' }).click();
    await page.getByRole('alert').filter({ hasText: /key/ }).waitFor();
    await input.fill(key);
    await page.getByRole('button', { name: 'Show the tools' }).click();
    await page.getByRole('button', { name: '(post /everything__echo)' }).waitFor();
    assert.equal(await page.getByText('everything__get-sum').count(), 0, 'only what it may call');
  });

  it('calls a tool with Test Request and the key that was typed', async () => {
    await page.getByRole('button', { name: '(post /everything__echo)' }).click();
    const client = page.getByRole('dialog');
    const send = client.getByRole('button', { name: 'Send Request' });
    // The style of our form must not reach the page's own buttons.
    await send.waitFor();
    assert.ok(((await send.boundingBox())?.width ?? 0) < 200);
    const [reply] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/api/everything__echo')),
      send.click(),
    ]);
    assert.equal(reply.request().headers()['x-api-key'], key);
    assert.equal(reply.status(), 200, await reply.text());
  });

  it('asks for no key where none is needed', async () => {
    await page.goto('about:blank');
    await page.goto(`${gateway.url}/metamcp/open/api`);
    await page.getByRole('button', { name: '(post /everything__echo)' }).waitFor();
    assert.ok((await page.getByText('everything__get-sum').count()) > 0, 'all tools');
  });

  it('asked no other host for anything, and keeps no key', async () => {
    const origins = new Set(browser.requested.map((url) => new URL(url).origin));
    assert.deepEqual([...origins], [gateway.url]);
    assert.ok(browser.requested.every((url) => !url.includes(key)));
    assert.ok(!(await storedBy(page)).includes(key));
  });

  it('looks the same for an endpoint that there is and one that there is not', async () => {
    const [there, nowhere] = await Promise.all(
      ['default', 'nowhere'].map((path) => fetch(`${gateway.url}/metamcp/${path}/api`)),
    );
    const shown = async (reply: Response | undefined) =>
      (await reply?.text())?.replaceAll(/nonce="[^"]*"/g, '');
    assert.deepEqual([there?.status, nowhere?.status], [200, 200]);
    assert.equal(await shown(there), await shown(nowhere));
  });
});
