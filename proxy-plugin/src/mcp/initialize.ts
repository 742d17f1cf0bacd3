/** `initialize`, answered here: one session in front of many servers. */
import { visibleView } from '../catalog/visible-view.ts';
import { negotiatedRevision } from '../legacy-revisions.ts';
import { parsedParams } from '../message/client-message.ts';
import { resultResponse } from '../message/response-text.ts';
import { callerOf } from '../session/caller-of.ts';
import { profileOf } from '../upstream/profile-of.ts';
import type { DataPath, Turn } from './turn.ts';

/** Opens a session and says what the endpoint offers. */
export async function initialize(
  path: DataPath,
  turn: Omit<Turn, 'caller'>,
  id: Buffer,
): Promise<void> {
  const { exchange, namespace, rules, message } = turn;
  const { claims, endpoint } = exchange;
  const params = parsedParams(message);
  const protocolVersion = negotiatedRevision(params.protocolVersion);
  const profile = profileOf(params.capabilities);
  const opened = path.sessions.open(claims, endpoint, protocolVersion, profile);
  const { session } = opened;
  const view = await path.catalogs.settled(namespace, callerOf(session, claims));
  const visible = visibleView(view, claims.ruleSet, rules);
  path.listChanges.seen(session.id, visible);
  const { capabilities, instructions } = visible.offer();
  const result = {
    protocolVersion,
    capabilities,
    serverInfo: { name: 'sluice', title: 'Sluice', version: path.version },
    ...(instructions !== '' && { instructions }),
  };
  exchange.respond(resultResponse(id, JSON.stringify(result)), opened);
}
