/** Checks path, query, headers and body of a request at once: one problem names every wrong field. */
import type { z } from 'zod';
import { jsonPointer } from './json-pointer.ts';
import { type FieldError, fieldCount, Problem } from './problem.ts';
import { type QueryReader, queryReader } from './query-reader.ts';
import type { Route, RouteInput } from './route.ts';

/** A request before any check. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Parsed JSON, undefined without body. */
  readonly body: unknown;
}

export type ValidInput = Omit<RouteInput<unknown, unknown, unknown, unknown>, 'origin'>;
export type Validator = (request: RawRequest) => ValidInput;

/** Throws `invalid-request` with one entry per field. */
export function createValidator<D>(route: Route<D>): Validator {
  const readQuery: QueryReader = queryReader(route.query);
  return (request) => {
    const errors: FieldError[] = [];
    const parse = (place: FieldError['in'], schema: z.ZodType | undefined, value: unknown) => {
      if (!schema) return undefined;
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      errors.push(...result.error.issues.flatMap((issue) => fieldErrors(place, issue)));
      return undefined;
    };
    const params = parse('path', route.params, request.params);
    const query = parse('query', route.query, readQuery(request.query, errors));
    const headers = parse('header', route.headers, declaredHeaders(route, request.headers));
    const { value, sentRevision } = withoutComputed(route, request.body, errors);
    const body = parse('body', route.body, value);
    errors.push(...repeatedParams(request.params, value));
    if (errors.length > 0) {
      throw new Problem('invalid-request', fieldCount(errors.length), { errors });
    }
    return { params, query, headers, body, sentRevision };
  };
}

function declaredHeaders<D>(route: Route<D>, headers: Headers): Record<string, string> {
  const names = Object.keys(route.headers?.shape ?? {});
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Drops what we computed ourselves, and nulls: in a body they mean the same as an absent field. */
function withoutComputed<D>(
  route: Route<D>,
  body: unknown,
  errors: FieldError[],
): { value: unknown; sentRevision: number | undefined } {
  if (body === undefined && route.bodyOptional) return { value: {}, sentRevision: undefined };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { value: body, sentRevision: undefined };
  }
  const computed = new Set(route.computed);
  const entries = Object.entries(body);
  const value = Object.fromEntries(
    entries.filter(([name, field]) => field !== null && !computed.has(name)),
  );
  const revision: unknown = computed.has('revision')
    ? Object.fromEntries(entries).revision
    : undefined;
  if (revision === undefined || revision === null) return { value, sentRevision: undefined };
  if (typeof revision === 'number') return { value, sentRevision: revision };
  const message = 'must be the number that a GET returned';
  errors.push({ in: 'body', pointer: '/revision', code: 'invalid_type', message });
  return { value, sentRevision: undefined };
}

/** A body may repeat `name`; then it must be the one in the path: objects are not renamed. */
function repeatedParams(params: RawRequest['params'], body: unknown): FieldError[] {
  if (typeof body !== 'object' || body === null) return [];
  const fields = new Map<string, unknown>(Object.entries(body));
  return Object.entries(params)
    .filter(([name, value]) => fields.has(name) && fields.get(name) !== value)
    .map(([name]) => ({
      in: 'body',
      pointer: jsonPointer([name]),
      code: 'immutable',
      message: `must be the ${name} in the path, or absent: to rename, delete and create again`,
    }));
}

function fieldErrors(place: FieldError['in'], issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: place,
      pointer: jsonPointer([...issue.path, key]),
      code: 'unrecognized_key',
      message: `there is no field "${key}" here`,
    }));
  }
  const message =
    issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ in: place, pointer: jsonPointer(issue.path), code: issue.code, message }];
}
