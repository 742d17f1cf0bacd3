/** The written matrix names only tests that exist, and leaves no row without one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

const ROOT = join(import.meta.dirname, '..');

interface Row {
  readonly number: string;
  /** By file: names as the source has them. */
  readonly tests: readonly { readonly file: string; readonly name: string }[];
  readonly notApplicable: boolean;
}

const rows = readFileSync(join(import.meta.dirname, 'test-matrix.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| ([\dT][\d.]*) \| .*? \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, number = '', cell = '']) => parseRow(number, cell));

function parseRow(number: string, cell: string): Row {
  let file = '';
  const tests = cell.split('<br>').flatMap((entry) => {
    const match = /^(?:(\S+\.test\.ts): )?(?:`` (.*) ``|`(.*)`)$/.exec(entry);
    if (!match) return [];
    file = match[1] ?? file;
    return [{ file, name: match[2] ?? match[3] ?? '' }];
  });
  return { number, tests, notApplicable: /not applicable (?:because )?\w/.test(cell) };
}

/** Names of the tests in a file, as written there. */
function testNames(file: string): ReadonlySet<string> {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const calls = source.matchAll(
    /\bit\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`$\\]|\\.|\$\{(?:[^`}]|`[^`]*`)*\}+)*)`)/g,
  );
  return new Set(
    [...calls].map(([, single, double, template]) =>
      (single ?? double ?? template ?? '').replace(/\\(['"])/g, '$1'),
    ),
  );
}

it('every test that the matrix names exists', () => {
  for (const { number, tests } of rows) {
    for (const { file, name } of tests) {
      assert.ok(testNames(file).has(name), `row ${number}: ${file} has no test "${name}"`);
    }
  }
});

it('every row has a test or says why not, and no number comes twice', () => {
  assert.ok(rows.length > 70, `${rows.length} rows`);
  for (const { number, tests, notApplicable } of rows) {
    assert.ok(tests.length > 0 || notApplicable, `row ${number}`);
  }
  assert.equal(new Set(rows.map(({ number }) => number)).size, rows.length);
});

it('the matrix has every threat that NGINX is part of', () => {
  const numbers = new Set(rows.map(({ number }) => number));
  for (const threat of [
    1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 17, 18, 19, 26, 32, 34, 37, 39, 40, 41, 46,
  ]) {
    assert.ok(numbers.has(`T${threat}`), `T${threat}`);
  }
});
