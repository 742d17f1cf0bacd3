/** Guarantees of the readings from /proc. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { processTree } from './process-tree.ts';
import { cpuTimeUs, residentBytes, total, usagePer } from './usage.ts';

it('a process is found under its own id and uses memory and CPU', () => {
  const [entry] = processTree(process.pid);
  assert.equal(entry?.pid, process.pid);
  const own = entry ? [entry] : [];
  assert.ok(total(residentBytes(own)) > 10_000_000);
  const before = cpuTimeUs(own);
  while (total(cpuTimeUs(own)) - total(before) < 30_000);
  assert.ok(total(usagePer(10, before, cpuTimeUs(own))) >= 3000);
});

it('a process that is gone has no usage', () => {
  assert.deepEqual(processTree(2 ** 22 + 1), []);
  assert.equal(total(residentBytes([{ name: 'nginx', pid: 2 ** 22 + 1 }])), 0);
});
