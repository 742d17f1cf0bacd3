/** Makes a private copy of the sources that can be mutated and tested: own code copied, packages linked. */
import { cp, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';

const SOURCES = [
  'package.json',
  'tsconfig.json',
  'control-plane',
  'nginx',
  'openapi',
  'proxy-plugin',
  'scripts',
];

/** Copies the working tree at `root` to `target`. Our own workspaces resolve to the copy. */
export async function copySources(root: string, target: string): Promise<void> {
  for (const source of SOURCES) {
    const from = path.join(root, source);
    await cp(from, path.join(target, source), { recursive: true, filter: isSource });
  }
  const modules = path.join(target, 'node_modules');
  await mkdir(path.join(modules, '@sluice'), { recursive: true });
  for (const entry of await readdir(path.join(root, 'node_modules'))) {
    if (entry === '@sluice') continue;
    await symlink(path.join(root, 'node_modules', entry), path.join(modules, entry));
  }
  for (const workspace of await readdir(path.join(root, 'node_modules/@sluice'))) {
    // npm links workspaces relatively, so the same link in the copy leads to the copy.
    const link = await readlink(path.join(root, 'node_modules/@sluice', workspace));
    await symlink(link, path.join(modules, '@sluice', workspace));
  }
}

function isSource(file: string): boolean {
  return path.basename(file) !== 'node_modules';
}
