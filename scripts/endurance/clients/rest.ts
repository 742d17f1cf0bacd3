/** Load over the REST route of an endpoint. */
import { LONGEST_CALL_MS, type OpenClient, replyOf } from './client.ts';

export const openRest: OpenClient = async (endpointUrl, key) => ({
  async call(tool, args) {
    const response = await fetch(`${endpointUrl}/api/${tool}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(LONGEST_CALL_MS),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    if (response.status === 200 && type.startsWith('application/json')) {
      return replyOf(JSON.parse(text));
    }
    const isProblem = type.startsWith('application/problem+json');
    return { kind: isProblem ? 'refused' : 'unclear', text };
  },
  async leave() {},
});
