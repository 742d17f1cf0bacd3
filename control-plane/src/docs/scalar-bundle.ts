/** Scalar's script, from our own origin. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';

const VERSION = '1.72.1';
export const BUNDLE_NAME = `scalar-${VERSION}.js`;
export const BUNDLE_PATH = `/docs/${BUNDLE_NAME}`;
const FILE = new URL(`../../vendor/scalar/standalone-${VERSION}.js.gz`, import.meta.url);

/** What both docs pages are shown with: no request to anywhere else, nothing kept in the browser. */
export const SCALAR_OPTIONS = {
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
} as const;

export function createScalarBundle(): Hono {
  const app = new Hono();
  app.get(BUNDLE_PATH, (c) => {
    const compressed = readFileSync(FILE);
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
