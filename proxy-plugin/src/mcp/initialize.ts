/** `initialize`, answered here: one session in front of many servers. */
import type { Catalog } from '@sluice/contract/catalog';
import { SESSION_HEADER } from '@sluice/contract/headers';
import { type Exchange, sendJson, sendRefusal } from '../http/exchange.ts';
import { type ClientMessage, parsedParams } from '../message/client-message.ts';
import { resultResponse } from '../message/response-text.ts';
import { negotiatedRevision } from './legacy-revisions.ts';
import { type DataPath, PROFILE } from './turn.ts';

/** Opens a session and says what the endpoint offers. */
export function initialize(path: DataPath, exchange: Exchange, message: ClientMessage): void {
  const revision = negotiatedRevision(parsedParams(message).protocolVersion);
  const session = path.sessions.open(exchange.claims, exchange.endpoint, revision, PROFILE);
  if (!session || !message.id) {
    sendRefusal(exchange, 'bad_request', 'initialize is a request: it needs an "id".');
    return;
  }
  const result = {
    protocolVersion: revision,
    capabilities: CAPABILITIES,
    serverInfo: { name: 'sluice', title: 'Sluice', version: path.version },
  };
  sendJson(exchange, 200, resultResponse(message.id, JSON.stringify(result)), {
    [SESSION_HEADER]: session,
    'Cache-Control': 'no-store',
  });
}

/** What every endpoint can do; lists may be empty. */
const CAPABILITIES: Readonly<
  Record<keyof Pick<Catalog, 'tools' | 'prompts' | 'resources'>, object>
> = {
  tools: {},
  prompts: {},
  resources: {},
};
