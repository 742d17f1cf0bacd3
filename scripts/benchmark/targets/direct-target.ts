/** The upstream itself, and plain NGINX in front of it: what the gateway is compared with. */
import type { Lane } from '../load/load.ts';
import { processTree } from '../processes/process-tree.ts';
import type { Upstream } from '../upstream/start-upstream.ts';
import { toolNames } from '../upstream/tools.ts';
import type { PlainNginx } from './plain-nginx.ts';
import type { Target } from './target.ts';

export interface ServerShape {
  readonly name: string;
  readonly tools: number;
}

export function directTarget(upstream: Upstream, servers: readonly ServerShape[]): Target {
  return {
    name: 'direct',
    load: {
      address: { host: '127.0.0.1', port: upstream.port },
      lanes: serverLanes(upstream, servers),
    },
    processes: () => [],
  };
}

export function plainNginxTarget(
  upstream: Upstream,
  nginx: PlainNginx,
  servers: readonly ServerShape[],
): Target {
  return {
    name: 'plain nginx',
    load: {
      address: { host: '127.0.0.1', port: nginx.port },
      lanes: serverLanes(upstream, servers),
    },
    processes: () => processTree(nginx.pid),
  };
}

function serverLanes(upstream: Upstream, servers: readonly ServerShape[]): readonly Lane[] {
  return servers.map(({ name, tools }) => ({
    path: upstream.path(name, tools),
    headers: { host: '127.0.0.1' },
    tools: toolNames(tools),
  }));
}
