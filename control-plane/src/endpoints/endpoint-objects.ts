/** What sets endpoints apart from other kinds: the path defaults to the name, the URL is computed. */
import type { ClientTransport } from '@sluice/contract/snapshot';
import { type ObjectsDefinition, presentCommon } from '../configuration/objects.ts';
import {
  ENDPOINTS,
  type EndpointBody,
  type EndpointConfig,
  type EndpointState,
  endpointConfig,
} from './endpoint.ts';

/** Of the URL of each transport. */
const LAST_PARTS = { 'streamable-http': 'mcp', sse: 'sse', rest: 'api' } as const;

export function endpointObjects({
  publicUrl,
}: {
  readonly publicUrl: string;
}): ObjectsDefinition<EndpointConfig, EndpointState, EndpointBody> {
  return {
    kind: ENDPOINTS,
    async draft(body, { name }) {
      return { config: endpointConfig.parse({ ...body, path: body.path ?? name }), state: {} };
    },
    async present(object) {
      const { path, transports } = object.config;
      const url = (transport: ClientTransport) =>
        `${publicUrl}/metamcp/${path}/${LAST_PARTS[transport]}`;
      const urls: Partial<Record<ClientTransport, string>> = Object.fromEntries(
        transports.map((transport) => [transport, url(transport)]),
      );
      return {
        ...presentCommon(object),
        url: urls['streamable-http'] ?? urls.sse ?? urls.rest ?? '',
        ...(urls.sse !== undefined && { sse_url: urls.sse }),
        ...(urls.rest !== undefined && { rest_url: urls.rest }),
      };
    },
  };
}
