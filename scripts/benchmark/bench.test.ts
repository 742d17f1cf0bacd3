/** The benchmark works: each experiment against the real gateway, for a moment. Figures are not judged here. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { BUDGET } from './report/budget.ts';

const run = promisify(execFile);
const BENCH = path.resolve(import.meta.dirname, '../bench');

it('./scripts/bench --short measures every row of the budget without an error', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-bench-test-'));
  try {
    const file = path.join(folder, 'bench.json');
    const { stdout } = await run(BENCH, ['--short', '--json', file], { timeout: 180_000 });
    assert.match(stdout, /must reach/);
    const { findings } = JSON.parse(await readFile(file, 'utf8'));
    const rows = new Set(findings.map(({ row }: { row: string }) => row));
    const missing = Object.keys(BUDGET).filter((row) => !rows.has(row));
    assert.deepEqual(missing, [], stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('an unknown experiment is refused with the names of those that exist', async () => {
  const failure = await run(BENCH, ['--only', 'nothing']).catch((error: Error) => error);
  assert.ok(failure instanceof Error);
  assert.match(failure.message, /--only nothing: experiments are call-principal, /);
});
