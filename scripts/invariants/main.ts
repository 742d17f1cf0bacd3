/** Runs every mutation, or those whose invariant contains the given words; exits 1 if one stays green. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copySources } from './copy-sources.ts';
import { applyMutation, type Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const root = path.resolve(import.meta.dirname, '../..');
const wanted = process.argv.slice(2).join(' ').toLowerCase();

async function isCaught(mutation: Mutation, copy: string): Promise<boolean> {
  const file = path.join(copy, mutation.file);
  const source = await readFile(file, 'utf8');
  await writeFile(file, applyMutation(mutation, source));
  const run = spawnSync(process.execPath, ['--test', '--test-timeout=60000', ...mutation.tests], {
    cwd: copy,
    encoding: 'utf8',
    timeout: 300_000,
  });
  await writeFile(file, source);
  const failed = [...run.stdout.matchAll(/^\s*✖ (.+?) \([\d.]+ms\)$/gm)].map((match) => match[1]);
  console.log(`${run.status === 0 ? 'GREEN (bad)' : 'red'}  ${mutation.invariant}`);
  for (const name of new Set(failed)) console.log(`       ✖ ${name}`);
  return run.status !== 0;
}

const copy = await mkdtemp(path.join(tmpdir(), 'sluice-mutants-'));
try {
  await copySources(root, copy);
  const chosen = MUTATIONS.filter((mutation) => mutation.invariant.toLowerCase().includes(wanted));
  let survivors = 0;
  for (const mutation of chosen) if (!(await isCaught(mutation, copy))) survivors++;
  console.log(`${chosen.length - survivors} of ${chosen.length} mutations caught`);
  process.exitCode = survivors === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}
