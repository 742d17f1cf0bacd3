/** The control-plane API as one Hono application. */
import { Hono } from 'hono';
import type { Dependencies } from './dependencies.ts';
import { createDocsPage } from './docs/docs-page.ts';
import { createEndpointPage } from './docs/endpoint-page.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { createOnError, type ErrorLog } from './http/on-error.ts';
import { mountDocument } from './openapi/document-routes.ts';
import { ROUTES } from './routes.ts';

export function createApp(deps: Dependencies, log: ErrorLog): Hono {
  const app = new Hono();
  app.onError(createOnError(log));
  app.route('/', createDocsPage());
  app.route('/', createEndpointPage());
  mountDocument(app);
  mountRoutes(app, { routes: ROUTES, deps, authenticate: deps.authenticate });
  return app;
}
