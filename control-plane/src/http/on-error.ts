/** Turns whatever a route throws into `application/problem+json` (RFC 9457). */
import type { Context } from 'hono';
import { storageFault } from '../storage/storage-fault.ts';
import { Problem } from './problem.ts';
import { PROBLEM_TYPES } from './problem-types.ts';
import { requestIdOf } from './request-id.ts';

export interface ErrorLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export function createOnError(log: ErrorLog): (error: unknown, c: Context) => Response {
  return (error, c) => {
    const problem = asProblem(error);
    const { status, title } = PROBLEM_TYPES[problem.type];
    if (isFault(error, status)) {
      log.error({ request_id: requestIdOf(c), path: c.req.path, err: error }, problem.message);
    }
    const body = {
      type: `/problems/${problem.type}`,
      title,
      status,
      detail: problem.message,
      instance: c.req.path,
      request_id: requestIdOf(c),
      ...(problem.errors.length > 0 && { errors: problem.errors }),
      ...problem.extra,
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        'X-Request-Id': requestIdOf(c),
        ...problem.headers,
      },
    });
  };
}

/** Whether something of ours failed, as against a client that is refused. */
function isFault(error: unknown, status: number): boolean {
  return !(error instanceof Problem) || (status >= 500 && error.cause !== undefined);
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const fault = storageFault(error);
  if (fault === 'full') {
    const detail = 'the disk that holds the data folder is full; nothing was changed';
    return new Problem('storage-full', detail, { cause: error });
  }
  if (fault === 'unavailable') {
    const detail = 'the database cannot be read or written at the moment; nothing was changed';
    return new Problem('unavailable', detail, { cause: error });
  }
  return new Problem('internal', 'the gateway failed; its log says more under this request_id', {
    cause: error,
  });
}
