/** The API reference at `/docs`: Scalar from our own origin, no request to anywhere else. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';

const BUNDLE_VERSION = '1.72.1';
const BUNDLE_PATH = `/docs/scalar-${BUNDLE_VERSION}.js`;
const BUNDLE_FILE = new URL(
  `../../vendor/scalar/standalone-${BUNDLE_VERSION}.js.gz`,
  import.meta.url,
);

/**
 * Routes `/docs` and its script. Open to everybody who reaches the listener: the document has no
 * secrets, and the admin key that a reader types stays in the page (never stored by the browser).
 */
export function createDocsPage(): Hono {
  const app = new Hono();
  app.get('/docs', async (c, next) => {
    const nonce = randomBytes(16).toString('base64');
    c.header('Content-Security-Policy', contentSecurityPolicy(nonce));
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('X-Content-Type-Options', 'nosniff');
    const scalar = await scalarPage(nonce);
    const page = await scalar(c, next);
    return page ? c.html(withIcon(await page.text())) : c.notFound();
  });
  app.get(BUNDLE_PATH, (c) => {
    const compressed = readFileSync(BUNDLE_FILE);
    const acceptsGzip = /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '');
    c.header('Content-Type', 'text/javascript; charset=utf-8');
    // The version is in the path, so the content never changes.
    c.header('Cache-Control', 'public, max-age=31536000, immutable');
    c.header('Vary', 'Accept-Encoding');
    c.header('X-Content-Type-Options', 'nosniff');
    if (acceptsGzip) c.header('Content-Encoding', 'gzip');
    return c.body(new Uint8Array(acceptsGzip ? compressed : gunzipSync(compressed)));
  });
  return app;
}

/** Loaded when somebody looks: most starts serve no page. */
async function scalarPage(nonce: string) {
  const { Scalar } = await import('@scalar/hono-api-reference');
  return Scalar({
    url: '/openapi.json',
    cdn: BUNDLE_PATH,
    pageTitle: 'Sluice API',
    nonce,
    telemetry: false,
    withDefaultFonts: false,
    hideClientButton: true,
    showDeveloperTools: 'never',
    persistAuth: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    authentication: { preferredSecurityScheme: 'adminKey' },
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  });
}

/** Without an icon in the page, browsers ask for `/favicon.ico`, which is not ours to serve. */
function withIcon(html: string): string {
  return html.replace('<head>', '<head><link rel="icon" href="data:,">');
}

/** Styles carry no nonce: with one, the editors of the page lose theirs. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
