/** An open endpoint in front of one server, which shows the server's own names: what the suite calls them by. */
import assert from 'node:assert/strict';
import type { Gateway } from '../testing/start-gateway.ts';

export interface OpenEndpoint extends AsyncDisposable {
  /** For MCP clients. */
  readonly url: string;
}

/** Disposing of it ends the gateway's connections to the server. Throws when the API refuses. */
export async function openEndpoint(
  gateway: Pick<Gateway, 'api' | 'url'>,
  name: string,
  serverUrl: string,
): Promise<OpenEndpoint> {
  const api = async (method: string, resource: string, body?: unknown) => {
    const reply = await gateway.api(method, `/api/v1/${resource}/${name}`, body);
    assert.ok(reply.status < 300, JSON.stringify(reply));
  };
  await api('PUT', 'servers', { transport: 'streamable-http', url: serverUrl });
  const members = [{ server: name, prefix: '' }];
  await api('PUT', 'namespaces', { members, resource_uris: 'keep' });
  await api('PUT', 'endpoints', { namespace: name, auth: ['none'] });
  return {
    url: `${gateway.url}/metamcp/${name}/mcp`,
    async [Symbol.asyncDispose]() {
      for (const resource of ['endpoints', 'namespaces', 'servers']) await api('DELETE', resource);
    },
  };
}
