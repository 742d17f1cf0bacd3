/** One call of the control-plane API by a test; every reply must be what the OpenAPI document says. */
import { checkResponse } from '../../control-plane/src/testing/document-checker.ts';

interface ApiCall {
  readonly method: string;
  /** With query: `/api/v1/calls?limit=20`. */
  readonly apiPath: string;
  readonly body?: unknown;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, text otherwise; undefined when there is none. */
  readonly body: unknown;
}

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
  if (text !== '') checkResponse(method, new URL(response.url).pathname, response, parsed);
  return { status: response.status, headers: response.headers, body: parsed };
}
