/** Query strings as typed values: text becomes what the schema of the parameter says it is. */
import { z } from 'zod';
import { jsonPointer } from './json-pointer.ts';
import type { FieldError } from './problem.ts';

export type QueryReader = (
  query: URLSearchParams,
  errors: FieldError[],
) => Record<string, unknown> | undefined;

/** Parameters given twice are refused, unless their schema is an array. */
export function queryReader(schema: z.ZodObject | undefined): QueryReader {
  if (!schema) return rejectAll;
  const types = new Map(
    Object.entries(schema.shape).map(([name, field]) => [name, typeOf(field as z.ZodType)]),
  );
  return (query, errors) => {
    const values: Record<string, unknown> = {};
    for (const name of new Set(query.keys())) {
      const all = query.getAll(name);
      const type = types.get(name);
      if (type === 'array') values[name] = all;
      else values[name] = fromText(all[0] ?? '', type);
      if (type !== 'array' && all.length > 1) errors.push(repeated(name));
    }
    return values;
  };
}

function rejectAll(query: URLSearchParams, errors: FieldError[]): undefined {
  for (const name of new Set(query.keys())) {
    const message = `there is no parameter "${name}" here`;
    errors.push({ in: 'query', pointer: jsonPointer([name]), code: 'unrecognized_key', message });
  }
}

function repeated(name: string): FieldError {
  const message = 'may be given only once';
  return { in: 'query', pointer: jsonPointer([name]), code: 'repeated', message };
}

function typeOf(schema: z.ZodType): string {
  return String(z.toJSONSchema(schema, { io: 'input' }).type);
}

function fromText(text: string, type: string | undefined): unknown {
  if (type === 'integer' || type === 'number')
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
