/** A real browser that can reach no other host, and what it asked for and complained about. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';

export interface Browser extends AsyncDisposable {
  readonly page: Page;
  /** Every URL that was asked for. */
  readonly requested: readonly string[];
  /** Errors on the console, and those that nobody caught. */
  readonly complaints: readonly string[];
}

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

export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'sluice-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: ARGUMENTS,
    viewport: { width: 1400, height: 900 },
  });
  const page = await context.newPage();
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== 'about:blank') requested.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return {
    page,
    requested,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** All that the page keeps in the browser, as text. */
export async function storedBy(page: Page): Promise<string> {
  return String(
    await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])'),
  );
}
