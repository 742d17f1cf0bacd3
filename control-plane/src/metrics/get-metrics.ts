/** GET /metrics */
import { defineRoute } from '../http/route.ts';
import type { Metrics } from './metrics.ts';

export const getMetrics = defineRoute({
  operationId: 'getMetrics',
  method: 'get',
  path: '/metrics',
  tag: 'Health',
  scope: 'viewer',
  summary: 'Read metrics',
  description:
    'For Prometheus, in its text format: decisions, limits, calls, upstreams, processes. All names begin with `sluice_`. Needs a key like everything else that tells about traffic; in Prometheus: `authorization: { credentials_file: … }` with a viewer key.',
  replies: { 200: { description: 'All metrics.', contentType: 'text/plain' } },
  async handle(_, { metrics }: { readonly metrics: Metrics }) {
    const headers = { 'Content-Type': metrics.contentType };
    return { status: 200, body: await metrics.text(), headers };
  },
});
