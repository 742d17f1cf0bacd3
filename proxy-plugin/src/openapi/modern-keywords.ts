/** Keywords of older drafts of JSON Schema, and of no draft at all, in the words of 2020-12. */
import type { Schema } from './schema.ts';

const TYPES: ReadonlySet<unknown> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]);

/** Of the values of these keywords; one of another type says nothing. */
const VALUE_TYPES: Readonly<Record<string, string>> = {
  ...ofType('string', ['$comment', 'description', 'format', 'pattern', 'title']),
  ...ofType('string', ['contentEncoding', 'contentMediaType']),
  ...ofType('boolean', ['deprecated', 'readOnly', 'uniqueItems', 'writeOnly']),
  ...ofType('number', ['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'multipleOf']),
  ...ofType('number', ['maxContains', 'maxItems', 'maxLength', 'maxProperties']),
  ...ofType('number', ['minContains', 'minItems', 'minLength', 'minProperties']),
};

/** The keywords of one schema; the schemas inside it stay as they are. It never gets narrower by it. */
export function modernKeywords(schema: Schema): Schema {
  const { type, required, enum: values, examples } = schema;
  return {
    ...wellTyped({ ...schema, ...exclusiveBounds(schema) }),
    ...itemKeywords(schema),
    ...('type' in schema && { type: typeOf(type) }),
    // Draft 3 had a boolean at each property.
    ...('required' in schema && {
      required: Array.isArray(required) ? required.filter(isString) : undefined,
    }),
    ...('enum' in schema && { enum: Array.isArray(values) ? values : undefined }),
    ...('examples' in schema && { examples: Array.isArray(examples) ? examples : undefined }),
  };
}

function ofType(type: string, keywords: readonly string[]): Record<string, string> {
  return Object.fromEntries(keywords.map((keyword) => [keyword, type]));
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function wellTyped(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword, value]) => {
      const type = Object.hasOwn(VALUE_TYPES, keyword) ? VALUE_TYPES[keyword] : undefined;
      return type === undefined || typeof value === type;
    }),
  );
}

/** Unknown types, such as `any` or `float`, say nothing. */
function typeOf(type: unknown): unknown {
  const types = new Set((Array.isArray(type) ? type : [type]).filter((one) => TYPES.has(one)));
  const [only, ...others] = types;
  return others.length === 0 ? only : [...types];
}

/** Before 2020-12 a list of schemas stood for the first items, one by one. */
function itemKeywords({ items, additionalItems }: Schema): Schema {
  if (!Array.isArray(items)) return { additionalItems: undefined };
  return { prefixItems: items, items: additionalItems, additionalItems: undefined };
}

/** Draft 4: `exclusiveMinimum: true` beside `minimum`. */
function exclusiveBounds(schema: Schema): Schema {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return {
    ...(exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && { maximum: undefined, exclusiveMaximum: maximum }),
  };
}
