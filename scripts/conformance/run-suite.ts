/** Runs the official conformance suite as its users do, in a child with a bounded time, and reads what it wrote. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CLI = path.resolve(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/conformance/dist/index.js',
);
const LONGEST_MS = 120_000;
const REVISION = '2025-11-25';
const REQUIREMENTS = ['--requirements', REVISION];

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

export interface Scenario {
  readonly name: string;
  /** Ids of the checks that it passed. */
  readonly passed: readonly string[];
  /** What went wrong and what it warns of, one line each. */
  readonly failed: readonly string[];
}

/** All server scenarios of `REVISION`, scored or not, sorted by name. */
export async function testServer(url: string): Promise<Scenario[]> {
  return inFolder(async (folder) => {
    const output = await run(['server', '--url', url, ...REQUIREMENTS, '-o', folder]);
    const names = await readdir(folder);
    if (names.length === 0) throw new Error(`the suite ran nothing; it said:\n${output}`);
    const scenarios = await Promise.all(names.map((name) => readScenario(path.join(folder, name))));
    return scenarios.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** One client scenario at the wire version of `REVISION`; `command` runs in a shell, with the server's URL behind. */
export async function testClient(
  scenario: string,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<Scenario> {
  return inFolder(async (folder) => {
    const version = ['--spec-version', REVISION];
    const args = ['client', '--scenario', scenario, '--command', command, ...version];
    const output = await run([...args, '-o', folder], env);
    const [name] = await readdir(folder);
    if (name === undefined) throw new Error(`the suite ran nothing; it said:\n${output}`);
    return readScenario(path.join(folder, name));
  });
}

/** Names of the scored client scenarios of `REVISION`, in the suite's order. */
export async function clientScenarios(): Promise<string[]> {
  const output = await run(['list', ...REQUIREMENTS]);
  const section = /^Client scenarios.*\n((?: {2}- .*\n)+)/m.exec(output)?.[1] ?? '';
  return [...section.matchAll(/^ {2}- (.*)$/gm)].map((match) => match[1] ?? '');
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-conformance-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its exit code says whether all passed, which the callers judge one by one. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  await once(child, 'close');
  if (child.signalCode !== null)
    throw new Error(`the suite took longer than ${LONGEST_MS} ms; it said:\n${output}`);
  return output;
}

/** Its folder is named `[server-]<scenario>-<time>`. */
async function readScenario(folder: string): Promise<Scenario> {
  const label = path.basename(folder).replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
  const checks = JSON.parse(await readFile(path.join(folder, 'checks.json'), 'utf8')) as Check[];
  const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  return {
    name: label.replace(/^server-/, ''),
    passed: checks.filter(({ status }) => status === 'SUCCESS').map(({ id }) => id),
    failed: failed.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? ''}`),
  };
}
