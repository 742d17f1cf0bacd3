/** What goes wrong on an HTTP connection, in words for the people who meet it. */

import { MAX_REPLY_BYTES } from '../transport.ts';
import type { UpstreamFailure } from '../upstream.ts';
import { BlockedAddressError } from './blocked-address-error.ts';

type Reason = UpstreamFailure['reason'];

function failure(server: string, reason: Reason, what: string, notRun: boolean): UpstreamFailure {
  return { reason, message: `Server "${server}" ${what}`, notRun };
}

export function brokenReply(server: string, problem: string): UpstreamFailure {
  return failure(
    server,
    'garbage',
    `answered with something that is no JSON-RPC reply: ${problem}.`,
    false,
  );
}

export function replyTooLarge(server: string): UpstreamFailure {
  const what = `sent a message of more than ${MAX_REPLY_BYTES} bytes. Ask it for less at a time.`;
  return failure(server, 'too_large', what, false);
}

export function noReply(server: string): UpstreamFailure {
  return failure(
    server,
    'disconnected',
    'ended its response before the reply came. Try again.',
    false,
  );
}

/** 404 by the specification; several servers answer 400 and name the session in the error. */
export function isSessionLost(status: number, error: Record<string, unknown> | undefined): boolean {
  if (status === 404) return true;
  return status === 400 && /session/i.test(String(error?.message ?? ''));
}

export function sessionLost(server: string): UpstreamFailure {
  return failure(server, 'disconnected', 'no longer knows its session; a new one is opened.', true);
}

export function streamLost(server: string): UpstreamFailure {
  const what = 'ended its event stream, and with it the session; the next call opens a new one.';
  return failure(server, 'disconnected', what, false);
}

export function foreignEndpoint(server: string, target: string): UpstreamFailure {
  const what = `wants its messages at ${target}, where its credentials must not go: HTTP+SSE servers take them at the origin of \`url\`. Check whether it knows its own public address.`;
  return failure(server, 'garbage', what, true);
}

export function noEventStream(server: string, problem: string): UpstreamFailure {
  const what = `opens no event stream at its \`url\` (${problem}). Check the path; if it is a Streamable HTTP server, use that transport.`;
  return failure(server, 'disconnected', what, true);
}

export function sessionClosed(server: string): UpstreamFailure {
  const what =
    'was let go by the gateway (configuration change, end of session, or shutdown). Try again.';
  return failure(server, 'disconnected', what, false);
}

export function unreadBody(server: string, problem: string): UpstreamFailure {
  return failure(server, 'garbage', `answered with ${problem}. Check its \`url\`.`, false);
}

/** Whether the same request may be answered some other time: the server is out of order, or busy. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** What proxies say of a server that is down. */
const NOBODY_BEHIND = new Set([502, 503, 504]);

/** The failure for an HTTP status that is no success and whose body is no JSON-RPC error. */
export function statusFailure(server: string, status: number): UpstreamFailure {
  if (status === 401 || status === 403) {
    const what = `refused the gateway's credentials (HTTP ${status}). An operator must check the \`headers\` of this server; your own key is fine.`;
    return failure(server, 'unauthorized', what, true);
  }
  if (status === 404 || status === 405) {
    const what = `has no MCP endpoint at its \`url\` (HTTP ${status}). Check the path.`;
    return failure(server, 'disconnected', what, true);
  }
  const what = `answered HTTP ${status}. Try again later.`;
  const reason = NOBODY_BEHIND.has(status) ? 'unreachable' : 'disconnected';
  return failure(server, reason, what, status === 429);
}

export function redirected(server: string, status: number, target: string): UpstreamFailure {
  const what = `redirects to ${target} (HTTP ${status}), where its credentials must not go by themselves. If that is right, put it in \`url\`.`;
  return failure(server, 'disconnected', what, true);
}

/** The failure for an error of the connection. `sent` tells whether the request had gone out. */
export function connectionFailure(server: string, error: unknown, sent: boolean): UpstreamFailure {
  if (error instanceof BlockedAddressError) {
    const what =
      'is at a cloud metadata address, which the gateway never connects to. Change its `url`.';
    return failure(server, 'refused_by_policy', what, true);
  }
  const code = codeOf(error);
  if (sent) {
    return failure(server, 'disconnected', `broke the connection (${code}). Try again.`, false);
  }
  const reason = isOfRequest(code) ? 'disconnected' : 'unreachable';
  return failure(server, reason, `can't be reached (${explained(code)}).`, true);
}

/** undici's codes are about the request, which may be one caller's alone, but for these two. */
function isOfRequest(code: string): boolean {
  const isOfConnection = code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_SOCKET';
  return code.startsWith('UND_ERR_') && !isOfConnection;
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'unknown error');
}

function explained(code: string): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'ECONNREFUSED: nothing listens there; is it running?',
    ENOTFOUND: 'ENOTFOUND: its host name is unknown; check `url`',
    EAI_AGAIN: 'EAI_AGAIN: name resolution failed',
    UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection attempt',
    UND_ERR_INVALID_ARG: 'a header has a name or value that HTTP does not allow; check `headers`',
  };
  return known[code] ?? code;
}
