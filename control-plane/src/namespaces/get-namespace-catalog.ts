/** GET /api/v1/namespaces/{name}/catalog */
import type { RuleSet } from '@sluice/contract/access';
import { visibleTo } from '@sluice/contract/visible-to';
import { z } from 'zod';
import { notFound } from '../configuration/configuration-writer.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { nameParams, objectName } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { KEYS } from '../keys/key.ts';
import { keyPolicy } from '../keys/key-policy.ts';
import type { AllServerLists } from '../servers/server-lists.ts';
import type { ConfigurationDatabase, Reader } from '../storage/configuration-database.ts';
import { catalogSchema, presentCatalog } from './catalog-schema.ts';
import { currentCatalog } from './current-catalog.ts';
import { NAMESPACES } from './namespace.ts';

interface CatalogDeps {
  readonly db: ConfigurationDatabase;
  readonly lists: AllServerLists;
}

export const getNamespaceCatalog = defineRoute({
  operationId: 'getNamespaceCatalog',
  method: 'get',
  path: '/api/v1/namespaces/{name}/catalog',
  tag: 'Namespaces',
  scope: 'viewer',
  summary: 'Read the catalog of a namespace',
  description:
    'What clients see: tools, prompts, resources and templates under their visible names, where each comes from, and the names that clash. Made from the last good lists of the servers. With `key` only what that key may list, which is exactly what it may call.',
  params: nameParams,
  query: z.strictObject({ key: objectName.optional().describe('Name of a key to look through.') }),
  replies: { 200: { description: 'The catalog.', schema: catalogSchema } },
  async handle({ params: { name }, query: { key } }, { db, lists }: CatalogDeps) {
    const namespace = await createObjectStore(NAMESPACES).get(db, name);
    if (!namespace) throw notFound(NAMESPACES, name);
    const rules = key === undefined ? undefined : await rulesOf(db, key);
    const { catalog, unknownServers } = await currentCatalog(namespace, lists, db);
    const visible = rules ? visibleTo(catalog, rules) : catalog;
    return { status: 200, body: presentCatalog(visible, unknownServers) };
  },
});

async function rulesOf(db: Reader, name: string): Promise<RuleSet> {
  const key = await createObjectStore(KEYS).get(db, name);
  if (!key) throw notFound(KEYS, name);
  return keyPolicy(key, []).rules;
}
