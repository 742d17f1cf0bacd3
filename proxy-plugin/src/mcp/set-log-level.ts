/** `logging/setLevel`: how much of its servers' logs a session hears. */
import { stringField } from '../message/client-message.ts';
import { errorResponse, resultResponse } from '../message/response-text.ts';
import { isLogLevel } from '../upstream/log-level.ts';
import type { DataPath, Turn } from './turn.ts';

/** Servers hear of it with the session's next call. */
export function setLogLevel(
  { sessionSettings }: Pick<DataPath, 'sessionSettings'>,
  { exchange, message, caller }: Turn,
  id: Buffer,
): void {
  const level = stringField(message, 'level');
  if (!isLogLevel(level)) {
    const text = '"params.level" must be a level of RFC 5424, such as "info".';
    exchange.respond(errorResponse(id, -32602, text));
    return;
  }
  sessionSettings.setLogLevel(caller.session, level);
  exchange.respond(resultResponse(id, '{}'));
}
