/** What `./scripts/test` runs: the checks, then every test file, with Node's own totals as the last lines. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const words = process.argv.slice(2);

/** Each end-to-end file runs a gateway of its own; two at once keep two cores busy. */
const FILES_AT_ONCE = 2;
/** Of one file, and of one test in it. */
const LONGEST_MS = 240_000;

function run(args: readonly string[]): number {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const files = globSync('{control-plane,proxy-plugin,nginx,scripts,openapi}/**/*.test.ts', {
  cwd: root,
  exclude: ['**/node_modules'],
})
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

if (files.length === 0) {
  console.error(`sluice: no test file has ${words.join(' or ')} in its path`);
  process.exit(1);
}
if (words.length === 0 && run(['scripts/check.ts']) !== 0) process.exit(1);
process.exit(
  run(['--test', `--test-concurrency=${FILES_AT_ONCE}`, `--test-timeout=${LONGEST_MS}`, ...files]),
);
