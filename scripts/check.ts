/** Everything about the sources that a tool can judge. Quiet where all is well. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const CHECKS: readonly Check[] = [
  { name: 'style', command: ['biome', 'ci', '--colors=off', '--max-diagnostics=50'] },
  { name: 'types', command: ['tsc'] },
  { name: 'dead code and dependencies', command: ['knip', '--no-progress'] },
  {
    name: 'openapi/ is up to date',
    command: [process.execPath, 'scripts/write-openapi.ts', '--check'],
  },
  { name: 'OpenAPI document', command: ['redocly', 'lint', 'openapi/openapi.json'] },
];

function passes({ name, command: [program, ...args] }: Check): boolean {
  const run = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  const passed = run.status === 0;
  console.log(`${passed ? '✔' : '✖'} ${name}`);
  if (!passed) console.log(`${run.error ?? ''}${run.stdout ?? ''}${run.stderr ?? ''}`);
  return passed;
}

const results = CHECKS.map(passes);
process.exitCode = results.every(Boolean) ? 0 : 1;
