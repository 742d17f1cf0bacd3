/** Requests to a gateway, by its URL. */
import type { Lane, LoadTarget } from '../load/load.ts';
import { toolNames } from '../upstream/tools.ts';
import type { ServerShape } from './direct-target.ts';

export function gatewayLoad(url: string, lanes: readonly Lane[]): LoadTarget {
  const { hostname, port } = new URL(url);
  return { address: { host: hostname, port: Number(port) }, lanes };
}

/** An endpoint as its clients use it; calls go to the servers in turn, as direct lanes do. */
export function gatewayLane(
  url: string,
  endpoint: string,
  key: string,
  servers: readonly ServerShape[] = [],
): Lane {
  return {
    path: `/metamcp/${endpoint}/mcp`,
    headers: { host: new URL(url).host, authorization: `Bearer ${key}` },
    tools: visibleNames(servers),
  };
}

function visibleNames(servers: readonly ServerShape[]): readonly string[] {
  const perServer = servers.map(({ name, tools }) =>
    toolNames(tools).map((tool) => `${name}__${tool}`),
  );
  const longest = Math.max(0, ...servers.map(({ tools }) => tools));
  return Array.from({ length: longest }, (_, row) =>
    perServer.map((names) => names[row] ?? []),
  ).flat(2);
}
