/** Starts that can't succeed: each says what is wrong, where, and what to do, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { freePort } from '../testing/free-port.ts';
import { processesOf, startGateway } from '../testing/start-gateway.ts';
import { startSupervisor } from '../testing/supervisor-process.ts';
import { waitFor } from '../testing/wait-for.ts';
import { runningProcesses } from './running-processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-refused-'));
after(() => rmSync(folder, { recursive: true }));

/** Lines for people of a start that must be refused. */
async function refusal(env: NodeJS.ProcessEnv): Promise<string> {
  const supervisor = startSupervisor({
    SLUICE_DATA_DIR: path.join(folder, 'var'),
    SLUICE_LISTEN: `127.0.0.1:${await freePort()}`,
    ...env,
  });
  await waitFor(
    () => supervisor.isReady() || supervisor.ending() !== undefined,
    'a refusal',
    30_000,
  );
  supervisor.kill('SIGTERM');
  await supervisor.ended;
  assert.equal(supervisor.ending(), 1, supervisor.output());
  return supervisor
    .output()
    .split('\n')
    .filter((line) => line.startsWith('sluice: ') && !line.includes('running as root'))
    .join('\n');
}

describe('a start is refused with one clear line', () => {
  it('when the port is in use, naming port and setting', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    const said = await refusal({ SLUICE_LISTEN: `127.0.0.1:${address.port}` });
    server.close();
    assert.match(
      said,
      new RegExp(
        `^sluice: SLUICE_LISTEN: port ${address.port} of .* is in use .*or set SLUICE_LISTEN to another address$`,
      ),
    );
  });

  it('when the data folder is in use, naming the other process; the first one goes on', async () => {
    await using gateway = await startGateway();
    const said = await refusal({ SLUICE_DATA_DIR: gateway.dataDir });
    assert.match(
      said,
      new RegExp(`^sluice: SLUICE_DATA_DIR: .* in use .*process id ${gateway.pid};.*$`),
    );
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
  });

  it('when the data folder can’t be written', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    assert.match(
      await refusal({ SLUICE_DATA_DIR: `${file}/var` }),
      /^sluice: SLUICE_DATA_DIR: can't write to .*$/,
    );
  });

  it('when a setting is wrong', async () => {
    assert.match(
      await refusal({ SLUICE_STDIO: 'maybe' }),
      /^sluice: SLUICE_STDIO: "maybe" is none of any, allow-list, off$/,
    );
  });

  it('when there is no NGINX, with the line that installs it', async () => {
    assert.match(
      await refusal({ PATH: folder }),
      /^sluice: NGINX is needed .*apt-get install -y --no-install-recommends nginx$/,
    );
  });

  it('when NGINX refuses its configuration, in NGINX’s own words', async () => {
    const dataDir = path.join(folder, 'tuned');
    await (await startGateway({ dataDir })).stop();
    writeFileSync(path.join(dataDir, 'nginx/tunables-http.conf'), 'no_such_directive on;\n');
    assert.match(
      await refusal({ SLUICE_DATA_DIR: dataDir }),
      /^sluice: NGINX refuses .*"no_such_directive"/,
    );
  });

  it('when a process refuses to start: its own words stay readable, the others are ended', async () => {
    const dataDir = path.join(folder, 'corrupt');
    await (await startGateway({ dataDir })).stop();
    writeFileSync(
      path.join(dataDir, 'sluice.db'),
      'this is no database, but it is long enough to look like one'.repeat(100),
    );
    assert.match(
      await refusal({ SLUICE_DATA_DIR: dataDir }),
      /sluice: control-plane ended at its start \(exit code \d+\)/,
    );
    assert.deepEqual(runningProcesses().filter(processesOf(dataDir)), []);
  });
});
