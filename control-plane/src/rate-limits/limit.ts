/** The kind `limits`: how often something may be called. */
import { z } from 'zod';
import type { Kind, Reference } from '../configuration/kind.ts';
import { storedToolGlob, toolGlob } from '../configuration/tool-glob.ts';
import {
  commonComputed,
  commonFields,
  exampleComputed,
  objectName,
  pageOf,
  repeatedName,
} from '../http/object-schemas.ts';

const common = {
  ...commonFields,
  unit: z
    .enum(['call', 'request'])
    .default('call')
    .describe(
      '`call`: `tools/call`, `prompts/get`, `resources/read`. `request`: each HTTP POST, a batch of messages too.',
    ),
  per: z
    .string()
    .regex(/^(endpoint|principal|key|ip|header:[A-Za-z0-9-]{1,64})$/, {
      error: 'must be endpoint, principal, key, ip or header:<name>',
    })
    .describe(
      'Whose calls are counted together: `endpoint`, `principal`, `key`, `ip`, or `header:<name>` of a header named in `SLUICE_LIMIT_HEADERS`.',
    ),
  rate: z.int().min(1).max(1_000_000_000).describe('So many in `period_seconds`.'),
  period_seconds: z
    .int()
    .min(1)
    .max(31_536_000)
    .describe(
      'Over how long `rate` is spread. Counters are kept in memory: a restart of the control plane begins anew.',
    ),
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe('`observe` counts what it would refuse, and refuses nothing.'),
  endpoint: objectName.optional().describe('Only on this endpoint.'),
  principal: z.string().min(1).max(256).optional().describe('Only of this principal.'),
  server: objectName.optional().describe('Only calls to this server; unit `call`.'),
  tool: toolGlob
    .optional()
    .describe('Only calls whose `server/original name` fits this glob (`*` only); unit `call`.'),
};

const burst = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .describe('Most at once, before the rate holds. Default: `rate`.');

export const limitBody = z
  .strictObject({ ...repeatedName, ...common, burst: burst.optional() })
  .meta({ id: 'LimitConfig', description: 'What you PUT.' });

export const limitConfig = z.object({ ...common, burst, tool: storedToolGlob.optional() });

export const limitState = z.object({});

const limitExample = {
  name: 'per-principal',
  ...limitConfig.parse({ per: 'principal', rate: 60, period_seconds: 60, burst: 10 }),
  ...exampleComputed,
};

export const limit = z.object({ name: objectName, ...common, burst, ...commonComputed }).meta({
  id: 'Limit',
  description: 'How often something may be called.',
  examples: [limitExample],
});

export const limitPage = pageOf(limit, 'LimitPage');

export type LimitBody = z.output<typeof limitBody>;
export type LimitConfig = z.output<typeof limitConfig>;
export type LimitState = z.output<typeof limitState>;

export const LIMITS: Kind<LimitConfig, LimitState> = {
  kind: 'limits',
  noun: 'limit',
  config: limitConfig,
  state: limitState,
  references: ({ endpoint, server }): Reference[] => [
    ...(endpoint === undefined
      ? []
      : [{ kind: 'endpoints', name: endpoint, pointer: '/endpoint' } as const]),
    ...(server === undefined
      ? []
      : [{ kind: 'servers', name: server, pointer: '/server' } as const]),
  ],
};
