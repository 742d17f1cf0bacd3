/** A gateway with very many keys, endpoints or limits, and the requests that use them. */
import { generateApiKey } from '../../../control-plane/src/credentials/api-key.ts';
import { createKeyDigest } from '../../../control-plane/src/credentials/key-digest.ts';
import { loadInstallationKeys } from '../../../control-plane/src/credentials/key-file.ts';
import { startGateway } from '../../testing/start-gateway.ts';
import { processTree } from '../processes/process-tree.ts';
import { gatewayLane, gatewayLoad } from '../targets/gateway-load.ts';
import type { Target } from '../targets/target.ts';
import type { DataFolder } from './data-folder.ts';
import { multiplyObjects } from './multiply-objects.ts';

/** What there is much of. */
export type Crowd = 'keys' | 'endpoints' | 'limits';

export interface CrowdedGateway {
  readonly target: Target;
  stop(): Promise<void>;
}

/** More than this many different requests are not sent: they show no more and cost memory. */
const MOST_LANES = 1000;

/** Works on a copy of `template`. */
export async function startCrowdedGateway(
  template: DataFolder,
  crowd: Crowd,
  count: number,
): Promise<CrowdedGateway> {
  const folder = await template.copy();
  const names = Array.from({ length: count }, (_, index) => `${crowd}-${index}`);
  const uses = await seed(folder, crowd, names);
  const gateway = await startGateway({ dataDir: folder.path });
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
      await folder.remove();
    },
  };
}

interface Use {
  readonly endpoint: string;
  readonly secret: string;
}

async function seed(
  { path: dataDir, key }: DataFolder,
  crowd: Crowd,
  names: readonly string[],
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
