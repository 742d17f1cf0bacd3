/** GET /metrics */
import { defineRoute } from '../http/route.ts';
import type { Metrics } from './metrics.ts';

/** Prometheus' text format. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

export const getMetrics = defineRoute({
  operationId: 'getMetrics',
  method: 'get',
  path: '/metrics',
  tag: 'Health',
  scope: 'viewer',
  summary: 'Read metrics',
  description:
    'For Prometheus, in its text format: decisions, limits, calls, upstreams, processes. All names begin with `sluice_`. Needs a key like everything else that tells about traffic; in Prometheus: `authorization: { credentials_file: … }` with a viewer key.',
  replies: { 200: { description: 'All metrics.', contentType: TEXT_FORMAT } },
  async handle(_, { metrics }: { readonly metrics: Metrics }) {
    return { status: 200, body: await metrics.text() };
  },
});
