import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { waitFor } from '../testing/wait-for.ts';
import { instanceId, isUpstreamOf, killLeftovers } from './instance.ts';
import { killProcesses, runningProcesses } from './running-processes.ts';

const instance = { id: instanceId('/a'), runDir: '/nowhere', sources: '/' };
const other = { ...instance, id: instanceId('/b') };

/** A shell with a sleeping child that has left its process group, both marked. */
async function startUpstream(id: string) {
  const shell = spawn('sh', ['-c', 'setsid sleep 1000 & echo up; wait'], {
    env: { PATH: process.env.PATH, SLUICE_UPSTREAM_ID: `${id}.files.1` },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(shell.stdout, 'data');
  await waitFor(() => upstreams(id).length === 2, 'both processes');
  return shell;
}

const upstreams = (id: string) => runningProcesses().filter(isUpstreamOf({ ...instance, id }));

it('leftovers are found by their mark, out of their process group too, and nobody else’s', async () => {
  await startUpstream(instance.id);
  await startUpstream(other.id);
  assert.equal(await killLeftovers(instance), 2);
  assert.equal(upstreams(instance.id).length, 0);
  assert.equal(upstreams(other.id).length, 2);
  await killProcesses(isUpstreamOf(other));
  assert.equal(upstreams(other.id).length, 0);
});
