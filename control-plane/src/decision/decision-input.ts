/** What NGINX asks about: the headers of one `auth_request`, by their meaning. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  CLIENT_IP_HEADER,
  ENDPOINT_HEADER,
  METHOD_HEADER,
  NAME_HEADER,
  ORIGINAL_METHOD_HEADER,
  PROTOCOL_VERSION_HEADER,
  QUERY_KEY_HEADER,
  REQUEST_ID_HEADER,
  ROUTE_HEADER,
  SESSION_HEADER,
  TOOL_HEADER,
} from '@sluice/contract/headers';
import { countedHeaderValue } from '../limits/limit-subject.ts';

/** '' = absent: NGINX drops a header whose value is empty. */
export interface DecisionInput {
  readonly endpointPath: string;
  readonly route: string;
  readonly httpMethod: string;
  readonly clientIp: string;
  readonly requestId: string;
  readonly origin: string;
  readonly host: string;
  readonly authorization: string;
  readonly apiKey: string;
  readonly queryKey: string;
  readonly sessionId: string;
  readonly protocolVersion: string;
  /** From headers: to be trusted only of modern requests, where the sidecar holds them to the body. */
  readonly method: string;
  readonly name: string;
  /** Headers that limits may count by, by lower-case name. */
  readonly limitHeaders: Readonly<Record<string, string>>;
  /** Route `api`: visible name of a tool. From the path, so it can be trusted. */
  readonly tool: string;
}

export function readDecisionInput(
  headers: IncomingHttpHeaders,
  limitHeaderNames: readonly string[],
): DecisionInput {
  return {
    endpointPath: text(headers[ENDPOINT_HEADER]),
    route: text(headers[ROUTE_HEADER]),
    httpMethod: text(headers[ORIGINAL_METHOD_HEADER]),
    clientIp: text(headers[CLIENT_IP_HEADER]),
    requestId: text(headers[REQUEST_ID_HEADER]),
    origin: text(headers.origin),
    host: text(headers.host),
    authorization: text(headers.authorization),
    apiKey: text(headers['x-api-key']),
    queryKey: text(headers[QUERY_KEY_HEADER]),
    sessionId: text(headers[SESSION_HEADER]),
    protocolVersion: text(headers[PROTOCOL_VERSION_HEADER]),
    method: text(headers[METHOD_HEADER]),
    name: text(headers[NAME_HEADER]),
    limitHeaders: limitHeaders(headers, limitHeaderNames),
    tool: text(headers[TOOL_HEADER]),
  };
}

const NO_LIMIT_HEADERS: Readonly<Record<string, string>> = {};

function limitHeaders(
  headers: IncomingHttpHeaders,
  names: readonly string[],
): Readonly<Record<string, string>> {
  if (names.length === 0) return NO_LIMIT_HEADERS;
  return Object.fromEntries(names.map((name) => [name, countedHeaderValue(text(headers[name]))]));
}

function text(value: string | string[] | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(', ');
}
