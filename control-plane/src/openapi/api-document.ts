/** The OpenAPI document of the control-plane API. */
import type { OpenApiBuilder } from 'openapi3-ts/oas31';
import { describeRoutes } from '../http/describe-routes.ts';
import type { Route } from '../http/route.ts';

/** The version of the API, not of the software: it grows when the API does. */
const API_VERSION = '1.0.0';

const DESCRIPTION = `Everything the gateway does is set here: over REST, from a pipeline, or on this page.

**Names** are chosen by you and never change. **PUT** creates or replaces; the same body twice changes nothing.
**GET** returns what was PUT, defaults filled in, and computed fields; sent back in a PUT, computed fields are
ignored, so read → edit → write works. **Secrets** are write-only.

**Conditions**: \`ETag\` is the revision; \`If-Match\` writes only over it, \`If-None-Match: *\` only creates.
**Dry run**: \`?dry_run=true\` checks everything, returns what would be, and changes nothing.

**A 2xx on a write** means that decisions use it already. \`applied: true\`: the proxy plugins have acknowledged it
too. \`applied: false\`: a second was not enough for that; it follows as soon as they can.

**Errors** are problems (RFC 9457): \`type\` leads to a page that explains it, \`errors\` names every wrong field with
a JSON Pointer. Unknown fields are errors.

Authenticate with an admin key, \`Authorization: Bearer mma_…\`. The first one is in \`admin.key\` of the data folder.
Each operation says in \`x-required-scope\` what it takes: \`viewer\` reads, \`editor\` writes, \`owner\` also manages
admin keys and stdio servers.`;

const TAGS = [
  {
    name: 'Servers',
    description: 'Upstream MCP servers: a command or a URL, with their credentials.',
  },
  { name: 'Namespaces', description: 'Named sets of servers, with rules for their tools.' },
  {
    name: 'Endpoints',
    description: 'Public URLs: each one namespace, with its own way of authentication.',
  },
  { name: 'Keys', description: 'API keys of clients (`mm_…`).' },
  { name: 'Admin keys', description: 'Keys for this API (`mma_…`).' },
  { name: 'Limits', description: 'How often something may be called.' },
  { name: 'Calls', description: 'Records of calls and refusals.' },
  { name: 'Changes', description: 'Records of what was changed here, by whom.' },
  { name: 'Explain', description: 'What would happen, without calling.' },
  { name: 'Health', description: 'For load balancers, supervisors and monitoring.' },
  { name: 'Problems', description: 'What the types of errors mean.' },
];

export function apiDocument<D>(routes: readonly Route<D>[]): OpenApiBuilder {
  return describeRoutes(routes, {
    title: 'Sluice control-plane API',
    version: API_VERSION,
    description: DESCRIPTION,
    tags: TAGS,
  });
}
