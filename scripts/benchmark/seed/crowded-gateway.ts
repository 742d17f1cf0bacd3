/** A gateway with very many keys, endpoints or limits, and the requests that use them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateApiKey } from '../../../control-plane/src/credentials/api-key.ts';
import { createKeyDigest } from '../../../control-plane/src/credentials/key-digest.ts';
import { loadInstallationKeys } from '../../../control-plane/src/credentials/key-file.ts';
import { startGateway } from '../../testing/start-gateway.ts';
import { processTree } from '../processes/process-tree.ts';
import { gatewayLane, gatewayLoad } from '../targets/gateway-load.ts';
import { startScenario } from '../targets/scenario.ts';
import type { Target } from '../targets/target.ts';
import type { Upstream } from '../upstream/start-upstream.ts';
import { multiplyObjects } from './multiply-objects.ts';

/** What there is much of. */
export type Crowd = 'keys' | 'endpoints' | 'limits';

export interface CrowdedGateway {
  readonly target: Target;
  stop(): Promise<void>;
}

/** More than this many different requests are not sent: they show no more and cost memory. */
const MOST_LANES = 1000;

export async function startCrowdedGateway(
  upstream: Upstream,
  crowd: Crowd,
  count: number,
): Promise<CrowdedGateway> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-crowd-'));
  const key = await provisionAndStop(upstream, dataDir);
  const names = Array.from({ length: count }, (_, index) => `${crowd}-${index}`);
  const uses = await seed(dataDir, crowd, names, key);
  const gateway = await startGateway({ dataDir });
  const lanes = uses
    .slice(-MOST_LANES)
    .map(({ endpoint, secret }) => gatewayLane(gateway.url, endpoint, secret));
  return {
    target: {
      name: `${count} ${crowd}`,
      load: gatewayLoad(gateway.url, lanes),
      processes: () => processTree(gateway.pid),
    },
    async stop() {
      await gateway.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function provisionAndStop(upstream: Upstream, dataDir: string): Promise<string> {
  const scenario = await startScenario(upstream, dataDir);
  try {
    await scenario.threeServers('principal');
    return scenario.key;
  } finally {
    await scenario.stop();
  }
}

interface Use {
  readonly endpoint: string;
  readonly secret: string;
}

async function seed(
  dataDir: string,
  crowd: Crowd,
  names: readonly string[],
  key: string,
): Promise<readonly Use[]> {
  switch (crowd) {
    case 'keys': {
      const digest = createKeyDigest(loadInstallationKeys(dataDir).pepper);
      const secrets = new Map(names.map((name) => [name, generateApiKey('client')]));
      await multiplyObjects(dataDir, {
        kind: 'keys',
        template: 'bench',
        names,
        varyState: (name) => ({ lineage: name }),
        digest: (name) => digest(secrets.get(name) ?? ''),
      });
      return [...secrets.values()].map((secret) => ({ endpoint: 'principal', secret }));
    }
    case 'endpoints':
      await multiplyObjects(dataDir, {
        kind: 'endpoints',
        template: 'principal',
        names,
        vary: (name) => ({ path: name }),
        unique: (name) => name,
      });
      return names.map((name) => ({ endpoint: name, secret: key }));
    case 'limits':
      await multiplyObjects(dataDir, {
        kind: 'limits',
        template: 'never-refuses',
        names,
        vary: (name) => ({ principal: name }),
      });
      return [{ endpoint: 'principal', secret: key }];
  }
}
