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
      return {
        ...presentCommon(object),
        url: `${publicUrl}/metamcp/${object.config.path}/mcp`,
      };
    },
  };
}
