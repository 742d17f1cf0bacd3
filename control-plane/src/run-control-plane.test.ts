/** Guarantees about the life of the process, with the real one. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, it } from 'node:test';
import { eventually } from './testing/eventually.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cp-'));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'run'));
});
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

function start(environment: Record<string, string> = {}) {
  const settings = { SLUICE_DATA_DIR: join(folder, 'data'), SLUICE_RUN_DIR: join(folder, 'run') };
  const process = spawn(globalThis.process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      // As under the supervisor: compiling everything anew would be most of the start.
      NODE_COMPILE_CACHE: globalThis.process.env.NODE_COMPILE_CACHE,
      ...settings,
      SLUICE_SUPERVISED: '1',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child = process;
  const output = Promise.all([text(process.stdout), text(process.stderr)]).then((parts) =>
    parts.join(''),
  );
  return { process, output, exited: once(process, 'exit') };
}

const socket = (name: string) => join(folder, 'run', `${name}.sock`);

async function started() {
  const run = start();
  await eventually(() => existsSync(socket('channel')) && existsSync(socket('api')), 'the sockets');
  return run;
}

async function decide(): Promise<number | undefined> {
  const headers = {
    'x-sluice-endpoint': 'dev',
    'x-sluice-route': 'mcp',
    'x-sluice-method': 'POST',
    'x-sluice-client-ip': '192.0.2.1',
    'x-sluice-request-id': 'r',
  };
  const sent = request({ socketPath: socket('decision'), path: '/decision', headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

it('decisions are taken as soon as the socket is there, and SIGTERM ends with 0', async () => {
  const { process, exited } = await started();
  assert.equal(await decide(), 401);
  process.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});

it('a kill -9 leaves sockets behind that do not hinder the next start', async () => {
  const first = await started();
  first.process.kill('SIGKILL');
  await first.exited;
  assert.ok(existsSync(socket('decision')));
  const second = start();
  await eventually(() => decide().catch(() => undefined), 'an answer');
  second.process.kill('SIGTERM');
  assert.deepEqual(await second.exited, [0, null]);
});

it('it ends by itself when the supervisor is gone', async () => {
  const { process, exited } = await started();
  process.stdin.end();
  assert.deepEqual(await exited, [0, null]);
});

it('nothing that it creates is open to other users', async () => {
  await started();
  for (const name of ['secrets.key', 'pepper.key', 'admin.key', 'sluice.db', 'calls.db']) {
    assert.equal(statSync(join(folder, 'data', name)).mode & 0o077, 0, name);
  }
});

it('a wrong setting ends it at once, in plain words', async () => {
  const { exited, output } = start({ SLUICE_STDIO: 'perhaps' });
  assert.deepEqual(await exited, [1, null]);
  assert.equal(await output, 'SLUICE_STDIO: "perhaps" is none of any, allow-list, off\n');
});

it('a key file that others can read ends it at once, with the command that mends it', async () => {
  const path = join(folder, 'data', 'secrets.key');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  const { exited, output } = start();
  assert.deepEqual(await exited, [1, null]);
  assert.match(await output, /chmod 600 .*secrets\.key/);
});

it('a fault in the storage thread ends the whole process and says which file', async () => {
  writeFileSync(join(folder, 'data', 'sluice.db'), 'this is no database, whatever its name says');
  const { exited, output } = start();
  assert.deepEqual(await exited, [1, null]);
  assert.match(await output, /sluice\.db/);
  assert.equal(existsSync(socket('decision')), false);
});
