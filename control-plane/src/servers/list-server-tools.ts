/** GET /api/v1/servers/{name}/tools */
import { z } from 'zod';
import { notFound } from '../configuration/configuration-writer.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { SERVERS } from './server.ts';
import type { AllServerLists } from './server-lists.ts';

const serverTools = z
  .object({
    listed: z
      .boolean()
      .describe('False: the server has never been listed; the first call or a sync does it.'),
    items: z
      .array(z.looseObject({ name: z.string() }))
      .describe('Tools with their original names, exactly as the server gave them.'),
  })
  .meta({ id: 'ServerTools', description: 'What a server last listed.' });

interface ListServerToolsDeps {
  readonly db: ConfigurationDatabase;
  readonly lists: AllServerLists;
}

export const listServerTools = defineRoute({
  operationId: 'listServerTools',
  method: 'get',
  path: '/api/v1/servers/{name}/tools',
  tag: 'Servers',
  scope: 'viewer',
  summary: 'Read the tools of a server',
  description:
    'The last good list of the server itself, before any namespace renames or hides something. It survives restarts of the gateway and failures of the server. Some servers list different tools for different clients; this is what the last one got.',
  params: nameParams,
  replies: { 200: { description: 'The tools.', schema: serverTools } },
  async handle({ params: { name } }, { db, lists }: ListServerToolsDeps) {
    if (!(await createObjectStore(SERVERS).get(db, name))) throw notFound(SERVERS, name);
    const latest = lists.latest(name);
    return { status: 200, body: { listed: latest !== undefined, items: latest?.tools ?? [] } };
  },
});
