/** What the API says of a call that is not made. */
import { z } from 'zod';

const step = z
  .object({
    step: z
      .enum(['access', 'route', 'rules', 'limits'])
      .describe(
        '`access`: key and endpoint. `route`: from the visible name to a server. `rules`: of the key, on the original name. `limits`: none is charged.',
      ),
    outcome: z.enum(['pass', 'refuse']),
    reason: z.string().optional().describe('Why it refuses: stable, for programs.'),
    message: z.string().describe('For people.'),
  })
  .meta({ id: 'ExplanationStep', description: 'One step of the way of a call.' });

const route = z
  .object({
    kind: z.enum(['tool', 'prompt', 'resource']),
    server: z.string(),
    name: z.string().describe('Original name, or original URI of a resource.'),
    read_only: z.boolean().optional().describe('Of tools: whether read-only keys may call it.'),
  })
  .meta({ id: 'ExplainedRoute', description: 'Where a visible name leads.' });

const limitStanding = z
  .object({
    limit: z.string().describe('Name of the limit.'),
    unit: z.enum(['call', 'request']),
    mode: z.enum(['enforce', 'observe']),
    remaining: z.int().describe('How many are left now.'),
    retry_after_seconds: z.number().describe('Until one more is free; 0 if one is.'),
  })
  .meta({ id: 'LimitStanding', description: 'How a limit stands for this caller.' });

export const explanation = z
  .object({
    decision: z.enum(['allow', 'deny']),
    reason: z.string().optional().describe('Of the first step that refuses.'),
    message: z.string().describe('The decision in one sentence.'),
    endpoint: z.string(),
    principal: z.string().describe('Who it counts as.'),
    key: z.string().optional(),
    route: route.optional(),
    steps: z.array(step).describe('In order, up to the first that refuses.'),
    limits: z.array(limitStanding).describe('Every limit that applies.'),
  })
  .meta({ id: 'Explanation', description: 'What would happen, and why.' });

export type Explanation = z.output<typeof explanation>;
export type ExplanationStep = z.output<typeof step>;
export type ExplainedRoute = z.output<typeof route>;
