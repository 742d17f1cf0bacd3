/** The API reference at `/docs`: Scalar from our own origin, no request to anywhere else. */
import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { setPageHeaders } from './page-headers.ts';
import { BUNDLE_PATH, createScalarBundle, SCALAR_OPTIONS } from './scalar-bundle.ts';

/**
 * Routes `/docs` and its script. Open to everybody who reaches the listener: the document has no
 * secrets, and the admin key that a reader types stays in the page (never stored by the browser).
 */
export function createDocsPage(): Hono {
  const app = createScalarBundle();
  app.get('/docs', async (c, next) => {
    const nonce = randomBytes(16).toString('base64');
    setPageHeaders(c, nonce);
    const scalar = await scalarPage(nonce);
    const page = await scalar(c, next);
    return page ? c.html(withIcon(await page.text())) : c.notFound();
  });
  return app;
}

/** Loaded when somebody looks: most starts serve no page. */
async function scalarPage(nonce: string) {
  const { Scalar } = await import('@scalar/hono-api-reference');
  return Scalar({
    ...SCALAR_OPTIONS,
    url: '/openapi.json',
    cdn: BUNDLE_PATH,
    pageTitle: 'Sluice API',
    nonce,
    authentication: { preferredSecurityScheme: 'adminKey' },
  });
}

/** Without an icon in the page, browsers ask for `/favicon.ico`, which is not ours to serve. */
function withIcon(html: string): string {
  return html.replace('<head>', '<head><link rel="icon" href="data:,">');
}
