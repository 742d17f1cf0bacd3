/** The caller of a turn as one server gets to know it. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Caller } from '../upstream/upstream.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { CallTurn, DataPath } from './turn.ts';

export function callerAt(
  { sessionSettings }: Pick<DataPath, 'sessionSettings'>,
  { exchange, caller }: CallTurn,
  server: ServerRuntime,
): Caller {
  const logLevel = sessionSettings.logLevel(caller.session);
  const headers = forwardedHeaders(exchange, server);
  return { ...caller, headers, ...(logLevel && { logLevel }) };
}
