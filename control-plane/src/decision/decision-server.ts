/** The listener that NGINX's `auth_request` talks to: bare node:http, kept-alive connections, no bodies. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { DecisionLoop } from './decision-loop.ts';

/** Longer than NGINX keeps an idle connection (60 s), so that NGINX is the one to close it. */
const KEEP_ALIVE_MS = 90_000;
/** As much as NGINX lets a client send in headers (4 × 8 kB), and our own on top. */
const MAX_HEADER_BYTES = 64 * 1024;

/** `onError` hears of a fault in the loop; NGINX gets a 500 then and refuses the request. */
export function createDecisionServer(
  decide: DecisionLoop,
  onError: (error: unknown) => void,
): Server {
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  return createServer(options, (request, response) => {
    try {
      answer(decide, request, response);
    } catch (error) {
      onError(error);
      end(response, 500, ['content-length', '0']);
    }
  });
}

function answer(decide: DecisionLoop, request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  if (request.method !== 'GET' || request.url !== '/decision') {
    end(response, 404, ['content-length', '0']);
    return;
  }
  decide(request.headers, ({ status, headers }) => end(response, status, headers));
}

function end(response: ServerResponse, status: number, headers: string[]): void {
  response.writeHead(status, headers).end();
}
