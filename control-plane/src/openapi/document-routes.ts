/** `/openapi.json` and `/openapi.yaml`. They describe the other routes, so they are not among them. */
import type { Hono } from 'hono';
import type { Route } from '../http/route.ts';
import { apiDocument } from './api-document.ts';

/** Public: the document has no secrets, and the docs page needs it before anybody has signed in. */
export function mountDocument<D>(app: Hono, routes: readonly Route<D>[]): void {
  const document = apiDocument(routes);
  const json = document.getSpecAsJson();
  const yaml = document.getSpecAsYaml();
  app.get('/openapi.json', (c) => c.body(json, 200, { 'Content-Type': 'application/json' }));
  app.get('/openapi.yaml', (c) => c.body(yaml, 200, { 'Content-Type': 'application/yaml' }));
}
