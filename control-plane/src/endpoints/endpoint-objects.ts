/** What sets endpoints apart from other kinds: the path defaults to the name, the URL is computed. */
import { type ObjectsDefinition, presentCommon } from '../configuration/objects.ts';
import {
  ENDPOINTS,
  type EndpointBody,
  type EndpointConfig,
  type EndpointState,
  endpointConfig,
} from './endpoint.ts';

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
      const base = `${publicUrl}/metamcp/${path}`;
      return {
        ...presentCommon(object),
        url: transports.includes('streamable-http') ? `${base}/mcp` : `${base}/sse`,
        ...(transports.includes('sse') && { sse_url: `${base}/sse` }),
      };
    },
  };
}
