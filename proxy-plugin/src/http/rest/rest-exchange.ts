/** One REST call and how it is answered: results as they are, all else as problem details. */
import { TOOL_HEADER } from '@sluice/contract/headers';
import { REASONS } from '@sluice/contract/reasons';
import type { HeldReplies } from '../../in-flight/held-replies.ts';
import type { CallExchange, Rejection } from '../../mcp/exchange.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { sendProblem } from '../send.ts';
import { RestReply } from './rest-reply.ts';

export function createRestExchange(http: HttpExchange, held: HeldReplies): CallExchange {
  const { claims, header } = http;
  return {
    ...http,
    reject(_, rejection) {
      const problem = problemFor(rejection, header(TOOL_HEADER) ?? '');
      return { httpStatus: problem.status, responseBytes: sendProblem(http, problem) };
    },
    openReply: ({ limits }) => new RestReply(http, limits, held.open(claims.principal)),
  };
}

/** What may not be listed can't be told from what does not exist. */
function problemFor({ reason, message }: Rejection, tool: string) {
  if (reason === 'bad_request') return { status: REASONS[reason], reason, detail: message };
  const detail =
    `There is no tool "${tool}" here, or none that you may use. ` +
    'GET openapi.json beside it lists those that you may.';
  return { status: REASONS.tool_not_found, reason: 'tool_not_found', detail };
}
