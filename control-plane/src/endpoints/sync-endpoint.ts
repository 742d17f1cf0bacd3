/** POST /api/v1/endpoints/{name}/sync */
import { z } from 'zod';
import { notFound } from '../configuration/configuration-writer.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { NAMESPACES } from '../namespaces/namespace.ts';
import { SERVERS } from '../servers/server.ts';
import { type SyncDeps, syncOne, syncOutcome } from '../servers/sync-outcome.ts';
import type { ConfigurationDatabase, Reader } from '../storage/configuration-database.ts';
import { eachOf } from './each-of.ts';
import { ENDPOINTS } from './endpoint.ts';

/** Each may start a child that downloads itself first. */
const AT_ONCE = 8;

const endpointSync = z
  .object({ items: z.array(syncOutcome).describe('One for each enabled server, in member order.') })
  .meta({ id: 'EndpointSync', description: 'What became of syncing the servers of an endpoint.' });

export const syncEndpoint = defineRoute({
  operationId: 'syncEndpoint',
  method: 'post',
  path: '/api/v1/endpoints/{name}/sync',
  tag: 'Endpoints',
  scope: 'editor',
  summary: 'Connect to all servers of an endpoint and list them now',
  description:
    'As syncing each enabled server of its namespace, a few at the same time. Answers when the last one is done; one that fails does not keep the others.',
  params: nameParams,
  replies: {
    200: {
      description: 'What came of it, server by server.',
      schema: endpointSync,
      example: { items: [{ server: 'github', outcome: 'listed', tools: 41 }] },
    },
  },
  problems: ['unavailable'],
  async handle({ params: { name } }, deps: SyncDeps & { readonly db: ConfigurationDatabase }) {
    const servers = await enabledServers(deps.db, name);
    const items = await eachOf(servers, AT_ONCE, (server) => syncOne(deps, server));
    return { status: 200, body: { items } };
  },
});

async function enabledServers(db: Reader, endpointName: string): Promise<string[]> {
  const endpoint = await createObjectStore(ENDPOINTS).get(db, endpointName);
  if (!endpoint) throw notFound(ENDPOINTS, endpointName);
  const namespace = await createObjectStore(NAMESPACES).get(db, endpoint.config.namespace);
  const enabled: string[] = [];
  for (const member of namespace?.config.members ?? []) {
    const server = await createObjectStore(SERVERS).get(db, member.server);
    if (member.enabled && server?.config.enabled) enabled.push(member.server);
  }
  return enabled;
}
