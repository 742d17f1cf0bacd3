/** What sets limits apart from other kinds: which fields fit together. */
import { type ObjectsDefinition, presentCommon } from '../configuration/objects.ts';
import { type FieldError, unprocessable } from '../http/problem.ts';
import { LIMITS, type LimitBody, type LimitConfig, type LimitState, limitConfig } from './limit.ts';

export function limitObjects({
  limitHeaders,
}: {
  /** Lower-case names. */
  readonly limitHeaders: readonly string[];
}): ObjectsDefinition<LimitConfig, LimitState, LimitBody> {
  return {
    kind: LIMITS,
    async draft(body) {
      const complaints = checkLimit(body, limitHeaders);
      if (complaints.length > 0) throw unprocessable(complaints);
      return { config: limitConfig.parse({ ...body, burst: body.burst ?? body.rate }), state: {} };
    },
    present: async (object) => presentCommon(object),
  };
}

function checkLimit(body: LimitBody, limitHeaders: readonly string[]): Omit<FieldError, 'in'>[] {
  const header = body.per.startsWith('header:') ? body.per.slice('header:'.length) : undefined;
  const unknownHeader = header !== undefined && !limitHeaders.includes(header.toLowerCase());
  const onlyCalls = (['server', 'tool'] as const).filter((field) => body[field] !== undefined);
  return [
    ...(unknownHeader
      ? [
          {
            pointer: '/per',
            code: 'unknown_header',
            message: `NGINX does not pass on "${header}": add it to SLUICE_LIMIT_HEADERS and start again`,
          },
        ]
      : []),
    ...(body.unit === 'request' ? onlyCalls : []).map((field) => ({
      pointer: `/${field}`,
      code: 'not_for_unit',
      message: 'unit request counts before the body is read: leave it out, or use unit call',
    })),
  ];
}
