/** `/openapi.json` and `/openapi.yaml`. They describe the other routes, so they are not among them. */
import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';

/** As `scripts/write-openapi.ts` wrote them: building them anew would cost every start 20 MB and a second. */
const FILES = {
  '/openapi.json': 'application/json',
  '/openapi.yaml': 'application/yaml',
} as const;

const FOLDER = new URL('../../../openapi/', import.meta.url);

/** Public: the document has no secrets, and the docs page needs it before anybody has signed in. */
export function mountDocument(app: Hono): void {
  for (const [path, type] of Object.entries(FILES)) {
    const file = new URL(`.${path}`, FOLDER);
    app.get(path, async (c) => c.body(await readFile(file, 'utf8'), 200, { 'Content-Type': type }));
  }
}
