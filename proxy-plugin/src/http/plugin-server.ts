/** The sidecar's HTTP side: requests from NGINX, each with a signed decision, checked and passed on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DECISION_LIFETIME_MS } from '@sluice/contract/decision';
import {
  CLIENT_IP_HEADER,
  ENDPOINT_HEADER,
  REQUEST_ID_HEADER,
  ROUTE_HEADER,
} from '@sluice/contract/headers';
import type { RequestVerifier } from '../enforcement/verify-request.ts';
import { Slots } from '../in-flight/slots.ts';
import { denialOf } from '../mcp/deny.ts';
import type { Refusal } from '../mcp/exchange.ts';
import type { DataPath } from '../mcp/turn.ts';
import { PREFLIGHT_HEADERS } from './cors.ts';
import { dispatch } from './dispatch.ts';
import { createHttpExchange } from './http-exchange.ts';
import { type HttpClient, header, sendEmpty, sendRefusal } from './send.ts';
import { closeUndecided, isUndecidedMessage } from './sse/close-undecided.ts';
import type { SseClients } from './sse/sse-client.ts';
import { FAULT } from './tell-fault.ts';

/** Longer than NGINX keeps its connections, so that it is never NGINX that meets a closed one. */
const KEEP_ALIVE_MS = 75_000;
/** Names may be long URIs, and headers of 32 kB pass NGINX. */
const MAX_HEADER_BYTES = 64 * 1024;

export interface PluginServerOptions {
  readonly path: DataPath;
  readonly verifier: RequestVerifier;
  /** An unexpected error while answering: the client gets a 500, the operator this. */
  readonly onError: (error: unknown) => void;
}

export interface PluginServer {
  readonly server: Server;
  /** Every answer from now on tells NGINX to open another connection next time. */
  sayClose(): void;
}

export function createPluginServer(options: PluginServerOptions): PluginServer {
  const settings = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request that takes longer to arrive has outlived its decision.
    requestTimeout: DECISION_LIFETIME_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const sseClients: SseClients = new Map();
  const unanswered = new Slots<ServerResponse>();
  let isClosing = false;
  const server = createServer(settings, (request, response) => {
    const slot = unanswered.add(response);
    response.on('close', () => unanswered.remove(slot));
    if (isClosing) response.setHeader('Connection', 'close');
    answer(options, sseClients, { request, response }).catch((error: unknown) => {
      // A client that left before its body was complete is no error of ours.
      if (request.destroyed && !request.complete) return;
      options.onError(error);
      answerFault(request, response);
    });
  });
  return {
    server,
    sayClose() {
      isClosing = true;
      for (const response of unanswered) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
    },
  };
}

async function answer(
  { path, verifier }: PluginServerOptions,
  sseClients: SseClients,
  client: HttpClient,
): Promise<void> {
  const { request, response } = client;
  const now = path.now();
  const verified = verifier.verify(request, now);
  if (!verified.ok) {
    if (isUndecidedMessage(request)) {
      closeUndecided(sseClients, client);
      return;
    }
    refuseUnverified(path, client, verified.refusal, now);
    return;
  }
  const { claims, endpoint } = verified;
  if (claims.preflight) {
    sendEmpty(client, 204, PREFLIGHT_HEADERS);
    return;
  }
  const { snapshot } = path;
  const isBehind = snapshot.value.version < claims.version;
  const exchange = createHttpExchange(request, response, claims, endpoint, now, path.resumable);
  if (isBehind && !(await snapshot.waitFor(claims.version))) {
    const message = 'The gateway is catching up with its configuration. Try again.';
    exchange.refuse({ reason: 'unavailable', message, retryAfterSeconds: 1 });
    return;
  }
  await dispatch(path, sseClients, exchange);
}

function refuseUnverified(
  { journal }: DataPath,
  client: HttpClient,
  refusal: Refusal,
  now: number,
): void {
  sendRefusal(client, refusal);
  const { request } = client;
  const unverified = {
    claims: undefined,
    requestId: header(request, REQUEST_ID_HEADER) ?? '',
    clientIp: header(request, CLIENT_IP_HEADER) ?? '',
    endpoint: header(request, ENDPOINT_HEADER) ?? '',
    route: header(request, ROUTE_HEADER) ?? '',
    arrivedAt: now,
  };
  journal.record(denialOf(unverified, refusal, now));
}

function answerFault(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendRefusal({ request, response }, FAULT);
}
