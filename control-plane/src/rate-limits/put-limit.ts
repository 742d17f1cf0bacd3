/** PUT /api/v1/limits/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type LimitBody, limit, limitBody } from './limit.ts';

export const putLimit = defineRoute({
  operationId: 'putLimit',
  method: 'put',
  path: '/api/v1/limits/{name}',
  tag: 'Limits',
  scope: 'editor',
  summary: 'Create or replace a limit',
  description: `Says how often something may be called. Every limit that fits a call counts, and all must allow it. The same
body twice changes nothing. Acts on the next request.`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: limitBody,
  computed: [...COMPUTED_NAMES],
  bodyExamples: {
    calls: {
      summary: '60 calls in a minute for each principal, 10 at once',
      value: { per: 'principal', rate: 60, period_seconds: 60, burst: 10 },
    },
    tool: {
      summary: 'Two calls of one tool in a minute for each key',
      value: { unit: 'call', per: 'key', rate: 2, period_seconds: 60, tool: 'everything/echo' },
    },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: limit, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: limit, headers: ETAG_HEADER },
  },
  problems: ['precondition-failed', 'unprocessable', 'storage-full'],
  handle: (input, { limits }: { limits: Objects<LimitBody> }) => limits.put(input),
});
