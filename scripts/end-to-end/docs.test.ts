/** The docs page in a real browser that can reach no other host: issues a key there, and the key works. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type BrowserContext, chromium, type Page, type Response } from 'playwright-core';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { openSession } from './mcp-session.ts';
import { put } from './provision.ts';

/** Nothing but our own listener can be resolved, and the browser asks for nothing by itself. */
const ARGUMENTS = [
  '--no-sandbox',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
];

describe('the docs page in a browser', () => {
  let gateway: Gateway;
  let profile: string;
  let browser: BrowserContext;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];

  before(async () => {
    gateway = await startGateway();
    await put(gateway, 'namespaces/empty', { members: [] });
    await put(gateway, 'endpoints/default', { namespace: 'empty' });
    profile = await mkdtemp(path.join(tmpdir(), 'sluice-browser-'));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      args: ARGUMENTS,
      viewport: { width: 1400, height: 900 },
    });
    page = await browser.newPage();
    page.on('request', (request) => {
      if (request.url() !== 'about:blank') requested.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  after(async () => {
    await browser?.close();
    await rm(profile, { recursive: true, force: true });
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
    const origins = new Set(requested.map((url) => new URL(url).origin));
    assert.deepEqual([...origins], [gateway.adminUrl]);
  });

  it('left no key in the storage of the browser', async () => {
    const stored = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }])',
    );
    assert.ok(!String(stored).includes(gateway.adminKey));
  });

  it('had nothing to complain about', () => {
    assert.deepEqual(complaints, []);
  });
});
