/** Writes to the gateway's API that must succeed. */
import type { Gateway } from '../../testing/start-gateway.ts';

/** Throws with the whole problem when the API refuses. */
export async function put(gateway: Gateway, resource: string, body: unknown): Promise<void> {
  const reply = await gateway.api('PUT', `/api/v1/${resource}`, body);
  if (reply.status !== 200 && reply.status !== 201) {
    throw new Error(`PUT ${resource}: ${JSON.stringify(reply)}`);
  }
}

/** Issues a key for all endpoints and returns its secret. */
export async function issueKey(gateway: Gateway, name: string): Promise<string> {
  const reply = await gateway.api('POST', '/api/v1/keys', { name, endpoints: ['*'] });
  if (reply.status !== 201) throw new Error(`POST keys: ${JSON.stringify(reply)}`);
  return (reply.body as { secret: string }).secret;
}

export async function remove(gateway: Gateway, resource: string): Promise<void> {
  const reply = await gateway.api('DELETE', `/api/v1/${resource}`);
  if (reply.status !== 200) throw new Error(`DELETE ${resource}: ${JSON.stringify(reply)}`);
}
