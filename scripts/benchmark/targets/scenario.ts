/** The gateway as the budget describes it: one key, namespaces of three HTTP servers, one request limit. */

import type { Isolation } from '../../../control-plane/contract/snapshot.ts';
import { type Gateway, startGateway } from '../../testing/start-gateway.ts';
import { processTree } from '../processes/process-tree.ts';
import type { Upstream } from '../upstream/start-upstream.ts';
import type { ServerShape } from './direct-target.ts';
import { gatewayLane, gatewayLoad } from './gateway-load.ts';
import { issueKey, put } from './provision.ts';
import type { Target } from './target.ts';

/** The namespace of the budget. */
export const THREE_SERVERS: readonly ServerShape[] = ['alpha', 'beta', 'gamma'].map((name) => ({
  name,
  tools: 20,
}));

/** One key opens all sessions here; with isolation `session` each has its own upstream. */
const MOST_UPSTREAMS = 10_000;

export interface Scenario {
  readonly gateway: Gateway;
  readonly key: string;
  /** Registers `servers` and an endpoint `name` before them; calls are spread over all of them. */
  addEndpoint(
    name: string,
    servers: readonly ServerShape[],
    isolation?: Isolation,
  ): Promise<Target>;
  /** The endpoint of the budget for one isolation, made at the first time. */
  threeServers(isolation: Isolation): Promise<Target>;
  stop(): Promise<void>;
}

/** `dataDir`: an existing data folder, or a new one that goes with the gateway. */
export async function startScenario(upstream: Upstream, dataDir?: string): Promise<Scenario> {
  const gateway = await startGateway(dataDir ? { dataDir } : {});
  const key = await issueKey(gateway, 'bench');
  await put(gateway, 'limits/never-refuses', {
    unit: 'request',
    per: 'key',
    rate: 1_000_000,
    period_seconds: 1,
    burst: 1_000_000,
  });
  const made = new Map<Isolation, Target>();

  async function addEndpoint(
    name: string,
    servers: readonly ServerShape[],
    isolation: Isolation = 'principal',
  ): Promise<Target> {
    await Promise.all(
      servers.map((server) =>
        put(gateway, `servers/${name}-${server.name}`, {
          transport: 'streamable-http',
          url: `http://127.0.0.1:${upstream.port}${upstream.path(server.name, server.tools)}`,
          isolation,
          max_upstreams: MOST_UPSTREAMS,
          max_upstreams_per_principal: MOST_UPSTREAMS,
        }),
      ),
    );
    await put(gateway, `namespaces/${name}`, {
      members: servers.map((server) => ({ server: `${name}-${server.name}`, prefix: server.name })),
    });
    await put(gateway, `endpoints/${name}`, { namespace: name });
    return gatewayTarget(gateway, name, key, servers);
  }

  return {
    gateway,
    key,
    addEndpoint,
    async threeServers(isolation) {
      const target =
        made.get(isolation) ?? (await addEndpoint(isolation, THREE_SERVERS, isolation));
      made.set(isolation, target);
      return target;
    },
    stop: () => gateway.stop(),
  };
}

function gatewayTarget(
  gateway: Gateway,
  endpoint: string,
  key: string,
  servers: readonly ServerShape[],
): Target {
  return {
    name: 'gateway',
    load: gatewayLoad(gateway.url, [gatewayLane(gateway.url, endpoint, key, servers)]),
    processes: () => processTree(gateway.pid),
  };
}
