/** One call of the control-plane API by a test; every reply must be what the OpenAPI document says. */
import type { ApiCall, ApiReply } from './api-reply.ts';
import { validateReply } from './validate-reply.ts';

interface ApiAccess {
  readonly adminUrl: string;
  readonly adminKey: string;
}

/** Throws when the reply is not what the OpenAPI document says. */
export async function callApi({ adminUrl, adminKey }: ApiAccess, call: ApiCall): Promise<ApiReply> {
  const { method, apiPath, body } = call;
  const response = await fetch(adminUrl + apiPath, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json\b/.test(
    response.headers.get('content-type') ?? '',
  );
  const parsed: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
  const reply: ApiReply = { status: response.status, headers: response.headers, body: parsed };
  validateReply(call, reply);
  return reply;
}
