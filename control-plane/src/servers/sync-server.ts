/** POST /api/v1/servers/{name}/sync */
import { notFound } from '../configuration/configuration-writer.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { nameParams } from '../http/object-schemas.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { SERVERS } from './server.ts';
import { type SyncDeps, syncOne, syncOutcome } from './sync-outcome.ts';

export const syncServer = defineRoute({
  operationId: 'syncServer',
  method: 'post',
  path: '/api/v1/servers/{name}/sync',
  tag: 'Servers',
  scope: 'editor',
  summary: 'Connect to a server and list it now',
  description:
    'Starts or connects to the server at once, whatever its back-off says, and reads its lists anew. Answers when that is done: 200 says what came of it, also if the server failed. Calls that run are not disturbed.',
  params: nameParams,
  replies: {
    200: {
      description: 'What came of it.',
      schema: syncOutcome,
      example: { server: 'github', outcome: 'listed', tools: 41 },
    },
  },
  problems: ['unprocessable', 'unavailable'],
  async handle({ params: { name } }, deps: SyncDeps & { readonly db: ConfigurationDatabase }) {
    const server = await createObjectStore(SERVERS).get(deps.db, name);
    if (!server) throw notFound(SERVERS, name);
    if (!server.config.enabled) {
      throw new Problem('unprocessable', `${name} is switched off: set "enabled" to true first`);
    }
    return { status: 200, body: await syncOne(deps, name) };
  },
});
