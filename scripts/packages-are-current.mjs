/** Exits 0 when node_modules holds what package-lock.json asks for. Plain JavaScript: it may meet any Node. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? '.';

/** npm writes the list of what it installed last, so that it is missing after an installation that broke off. */
function packagesIn(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
}

function isCurrent() {
  const installed = packagesIn('node_modules/.package-lock.json');
  const nodes = Object.keys(installed).filter(
    (name) => name === `node_modules/node-linux-${process.arch}`,
  );
  for (const name of nodes) accessSync(join(root, name, 'bin/node'), constants.X_OK);
  return Object.entries(packagesIn('package-lock.json')).every(([name, wanted]) => {
    if (!name.includes('node_modules/') || wanted.link) return true;
    const present = installed[name];
    if (!present) return wanted.optional === true && !name.endsWith(`/node-linux-${process.arch}`);
    return present.version === wanted.version && present.integrity === wanted.integrity;
  });
}

try {
  process.exitCode = isCurrent() ? 0 : 1;
} catch {
  process.exitCode = 1;
}
