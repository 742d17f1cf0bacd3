/** Writes `openapi/openapi.json` and `.yaml` from the routes; with `--check`, fails if they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiDocument } from '../control-plane/src/openapi/api-document.ts';
import { ROUTES } from '../control-plane/src/routes.ts';

const folder = path.resolve(import.meta.dirname, '../openapi');
const document = apiDocument(ROUTES);
const files = {
  'openapi.json': `${document.getSpecAsJson(undefined, 2)}\n`,
  'openapi.yaml': document.getSpecAsYaml(),
};

const drifted = Object.entries(files).filter(([name, text]) => read(name) !== text);

if (!process.argv.includes('--check')) {
  for (const [name, text] of drifted) writeFileSync(path.join(folder, name), text);
  process.stdout.write(
    `wrote ${drifted.map(([name]) => name).join(', ') || 'nothing: up to date'}\n`,
  );
} else if (drifted.length > 0) {
  const names = drifted.map(([name]) => `openapi/${name}`).join(', ');
  process.stderr.write(
    `${names} differ from the routes: run npm run openapi and commit the result\n`,
  );
  process.exitCode = 1;
}

function read(name: string): string | undefined {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
