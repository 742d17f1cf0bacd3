/** Every route of the control-plane API, in the order in which the docs show them. */
import { createAdminKey } from './admin-keys/create-admin-key.ts';
import { deleteAdminKey } from './admin-keys/delete-admin-key.ts';
import { getAdminKey } from './admin-keys/get-admin-key.ts';
import { listAdminKeys } from './admin-keys/list-admin-keys.ts';
import { putAdminKey } from './admin-keys/put-admin-key.ts';
import { revokeAdminKey } from './admin-keys/revoke-admin-key.ts';
import { rotateAdminKey } from './admin-keys/rotate-admin-key.ts';
import { getCall } from './calls/get-call.ts';
import { listCalls } from './calls/list-calls.ts';
import { listChanges } from './changes/list-changes.ts';
import type { Dependencies } from './dependencies.ts';
import { deleteEndpoint } from './endpoints/delete-endpoint.ts';
import { getEndpoint } from './endpoints/get-endpoint.ts';
import { listEndpoints } from './endpoints/list-endpoints.ts';
import { putEndpoint } from './endpoints/put-endpoint.ts';
import { syncEndpoint } from './endpoints/sync-endpoint.ts';
import { explain } from './explain/explain.ts';
import { getHealth } from './health/get-health.ts';
import { getReadiness } from './health/get-readiness.ts';
import { getProblemPage } from './http/problem-pages.ts';
import type { Route } from './http/route.ts';
import { createKey } from './keys/create-key.ts';
import { deleteKey } from './keys/delete-key.ts';
import { getKey } from './keys/get-key.ts';
import { listKeys } from './keys/list-keys.ts';
import { putKey } from './keys/put-key.ts';
import { revokeKey } from './keys/revoke-key.ts';
import { rotateKey } from './keys/rotate-key.ts';
import { getMetrics } from './metrics/get-metrics.ts';
import { deleteNamespace } from './namespaces/delete-namespace.ts';
import { getNamespace } from './namespaces/get-namespace.ts';
import { getNamespaceCatalog } from './namespaces/get-namespace-catalog.ts';
import { listNamespaces } from './namespaces/list-namespaces.ts';
import { putNamespace } from './namespaces/put-namespace.ts';
import { deleteLimit } from './rate-limits/delete-limit.ts';
import { getLimit } from './rate-limits/get-limit.ts';
import { listLimits } from './rate-limits/list-limits.ts';
import { putLimit } from './rate-limits/put-limit.ts';
import { deleteServer } from './servers/delete-server.ts';
import { getServer } from './servers/get-server.ts';
import { listServerTools } from './servers/list-server-tools.ts';
import { listServers } from './servers/list-servers.ts';
import { putServer } from './servers/put-server.ts';
import { syncServer } from './servers/sync-server.ts';

export const ROUTES: readonly Route<Dependencies>[] = [
  ...[listServers, getServer, putServer, deleteServer, listServerTools, syncServer],
  ...[listNamespaces, getNamespace, putNamespace, deleteNamespace, getNamespaceCatalog],
  ...[listEndpoints, getEndpoint, putEndpoint, deleteEndpoint, syncEndpoint],
  ...[listKeys, createKey, getKey, putKey, deleteKey, rotateKey, revokeKey],
  ...[listAdminKeys, createAdminKey, getAdminKey, putAdminKey],
  ...[deleteAdminKey, rotateAdminKey, revokeAdminKey],
  ...[listLimits, getLimit, putLimit, deleteLimit],
  ...[listCalls, getCall, listChanges, explain],
  ...[getHealth, getReadiness, getMetrics, getProblemPage],
];
