/** The docs page of an endpoint, `/metamcp/<endpoint>/api`: its tools as REST, for those with a key. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { setPageHeaders } from './page-headers.ts';
import { BUNDLE_NAME, SCALAR_OPTIONS } from './scalar-bundle.ts';

/** Under this path NGINX asks for the page of whichever endpoint. */
const PATH = '/docs/endpoint';
const SCRIPT = readFileSync(new URL('./endpoint-page-script.js', import.meta.url), 'utf8');

/**
 * Routes the page. A browser that opens it can't send a key, so it is open to everybody, and the same
 * for every path: it tells nobody which endpoints exist. What it shows it fetches with the reader's key.
 */
export function createEndpointPage(): Hono {
  const app = new Hono();
  app.get(PATH, (c) => {
    const nonce = randomBytes(16).toString('base64');
    setPageHeaders(c, nonce);
    return c.html(pageWith(nonce));
  });
  return app;
}

/** References are relative to `/metamcp/<endpoint>/api`. */
function pageWith(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Tools as REST</title>
<style>
  #key { font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 15vh auto; padding: 0 1rem; }
  #key :is(label, input, button) { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  #key :is(input, button) { margin-top: 0.5rem; padding: 0.5rem; }
</style>
</head>
<body>
<form id="key" hidden>
  <label>API key of this endpoint<input type="password" autocomplete="off" required></label>
  <button>Show the tools</button>
  <p role="alert"></p>
</form>
<div id="tools"></div>
<script nonce="${nonce}" src="api/docs/${BUNDLE_NAME}"></script>
<script nonce="${nonce}">const options = ${JSON.stringify(SCALAR_OPTIONS)};
${SCRIPT}</script>
</body>
</html>
`;
}
