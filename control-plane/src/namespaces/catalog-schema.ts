/** A catalog as the API shows it. */
import type { Catalog } from '@sluice/contract/catalog';
import { z } from 'zod';
import { clash } from './namespace.ts';
import { presentClash } from './present-namespace.ts';

const origin = {
  server: z.string().describe('Where it comes from.'),
  definition: z.looseObject({}).describe('As clients get it.'),
};
const named = {
  visible_name: z.string().describe('What clients call it.'),
  name: z.string().describe('Original name at the server.'),
  ...origin,
};

const tool = z
  .object({
    ...named,
    read_only: z.boolean().describe('Whether read-only keys may call it.'),
  })
  .meta({ id: 'CatalogTool', description: 'A tool in a catalog.' });

const prompt = z.object(named).meta({ id: 'CatalogPrompt', description: 'A prompt in a catalog.' });

const resource = z
  .object({
    visible_uri: z.string().describe('What clients read.'),
    uri: z.string().describe('Original URI at the server.'),
    ...origin,
  })
  .meta({ id: 'CatalogResource', description: 'A resource in a catalog.' });

const template = z
  .object({
    visible_uri_template: z.string().describe('What clients expand.'),
    uri_template: z.string().describe('Original template at the server.'),
    ...origin,
  })
  .meta({ id: 'CatalogTemplate', description: 'A resource template in a catalog.' });

export const catalogSchema = z
  .object({
    tools: z.array(tool).describe('In member order, then in the order of the server.'),
    prompts: z.array(prompt),
    resources: z.array(resource),
    templates: z.array(template),
    clashes: z.array(clash),
    unknown_servers: z
      .array(z.string())
      .describe('Enabled members that have not been listed yet: sync them.'),
  })
  .meta({ id: 'Catalog', description: 'What clients see of a namespace.' });

export function presentCatalog(
  catalog: Catalog,
  unknownServers: readonly string[],
): z.input<typeof catalogSchema> {
  return {
    tools: [...catalog.tools.values()].map((entry) => ({
      visible_name: entry.visibleName,
      name: entry.name,
      server: entry.server,
      read_only: entry.readOnlyHint,
      definition: entry.definition,
    })),
    prompts: [...catalog.prompts.values()].map(({ visibleName, name, server, definition }) => ({
      visible_name: visibleName,
      name,
      server,
      definition,
    })),
    resources: [...catalog.resources.values()].map(({ visibleUri, uri, server, definition }) => ({
      visible_uri: visibleUri,
      uri,
      server,
      definition,
    })),
    templates: catalog.templates.map((entry) => ({
      visible_uri_template: entry.visibleUriTemplate,
      uri_template: entry.uriTemplate,
      server: entry.server,
      definition: entry.definition,
    })),
    clashes: catalog.clashes.map(presentClash),
    unknown_servers: [...unknownServers],
  };
}
