/** An endpoint as decisions take it. */
import type { EndpointPolicy } from '../decision/policy.ts';
import type { EndpointConfig } from './endpoint.ts';

export function endpointPolicy(name: string, config: EndpointConfig): EndpointPolicy {
  return {
    name,
    path: config.path,
    namespace: config.namespace,
    enabled: config.enabled,
    transports: config.transports,
    allowedOrigins: config.allowed_origins,
    auth: config.auth,
    queryKey: config.query_key,
  };
}
