/** The supervisor with the real processes: what dies comes back, what is stopped is gone. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, processesOf, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { runningProcesses } from './running-processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-life-'));
after(() => rmSync(folder, { recursive: true }));

const left = (dataDir: string) => runningProcesses().filter(processesOf(dataDir));
const isReady = async (gateway: Gateway) => (await fetch(`${gateway.url}/readyz`)).status === 200;

describe('a process that is killed with -9', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway?.stop());

  for (const role of ['control-plane', 'proxy-plugin', 'nginx'] as const) {
    it(`is back within 5 s and nothing of the old one is left: ${role}`, async () => {
      const old = gateway.processes()[role] ?? assert.fail(`${role} does not run`);
      const oldGroup = left(gateway.dataDir).filter(({ group }) => group === old);
      process.kill(old, 'SIGKILL');
      await waitFor(
        async () => (gateway.processes()[role] ?? old) !== old && isReady(gateway),
        `a new ${role}`,
        5_000,
      );
      const pids = new Set(left(gateway.dataDir).map(({ pid }) => pid));
      assert.deepEqual(
        oldGroup.filter(({ pid }) => pids.has(pid)),
        [],
      );
    });
  }

  it('comes back again and again', async () => {
    for (let crash = 0; crash < 3; crash++) {
      const old = gateway.processes()['proxy-plugin'] ?? assert.fail('no proxy plugin');
      process.kill(old, 'SIGKILL');
      await waitFor(
        async () => (gateway.processes()['proxy-plugin'] ?? old) !== old && isReady(gateway),
        'a new one',
      );
    }
  });
});

describe('stopping', () => {
  it('leaves no process, no socket, and the exit code 0', async () => {
    const gateway = await startGateway({ dataDir: path.join(folder, 'stopped') });
    await gateway.stop(); // throws on any other exit code, or when a process is left
    assert.deepEqual(left(gateway.dataDir), []);
    assert.ok(!existsSync(path.join(gateway.dataDir, 'run')));
  });

  it('does not wait for a process that hangs once a second signal comes', async () => {
    const gateway = await startGateway({ dataDir: path.join(folder, 'hurried') });
    const plugin = gateway.processes()['proxy-plugin'] ?? assert.fail('no proxy plugin');
    process.kill(plugin, 'SIGSTOP');
    const impatientCtrlC = () =>
      left(gateway.dataDir).length === 0 || !process.kill(gateway.pid, 'SIGINT');
    await waitFor(impatientCtrlC, 'the end of all processes', 5_000);
    await gateway.stop();
  });

  it('works the same a second time, with the same admin key', async () => {
    const dataDir = path.join(folder, 'stopped');
    const gateway = await startGateway({ dataDir });
    await gateway.stop();
    assert.equal(readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim(), gateway.adminKey);
  });

  it('works in a folder too deep for sockets', async () => {
    const dataDir = path.join(folder, 'deep'.repeat(30));
    await (await startGateway({ dataDir })).stop();
  });
});

describe('a supervisor that is killed with -9', () => {
  it('takes everything with it, and the next start works', async () => {
    const dataDir = path.join(folder, 'killed');
    const first = await startGateway({ dataDir });
    process.kill(first.pid, 'SIGKILL');
    await waitFor(() => left(dataDir).length === 0, 'the end of its processes', 15_000);
    await first.stop();
    await (await startGateway({ dataDir, env: { SLUICE_LISTEN: new URL(first.url).host } })).stop();
  });

  it('together with all others, is cleaned up after by the next start', async () => {
    const dataDir = path.join(folder, 'all-killed');
    const first = await startGateway({ dataDir });
    const { nginx = 0, ...planes } = first.processes();
    // Stopped processes can't react to the end of their parent: only the next start can end them.
    for (const pid of Object.values(planes)) process.kill(pid, 'SIGSTOP');
    process.kill(nginx, 'SIGSTOP');
    process.kill(first.pid, 'SIGKILL');
    const second = await startGateway({ dataDir, env: { SLUICE_LISTEN: new URL(first.url).host } });
    assert.match(second.output(), /processes of an earlier run/);
    await second.stop();
    await first.stop();
  });
});

it('the admin key is printed as a path, never as itself, when nobody watches', async () => {
  await using gateway = await startGateway();
  assert.match(gateway.output(), /admin key {2}\/.*\/admin\.key$/m);
  assert.ok(!gateway.output().includes(gateway.adminKey));
});
