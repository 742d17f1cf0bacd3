/**
 * Moves a JSON Schema of a server into a bigger document: what it refers to in itself is found there.
 * Servers write every draft, and sloppily: old keywords are translated, unknown ones left out, and so are
 * names of the schema itself, whose place names it now.
 */
import { isObject } from '../upstream/collect-reply.ts';
import { modernKeywords } from './modern-keywords.ts';
import type { Schema } from './schema.ts';
import { encodeToken, findAnchors, pointerExists, type SchemaAnchors } from './schema-anchors.ts';

/** `at` is where the schema will be, as a fragment: `#/components/schemas/…`. */
export function rebaseSchema(schema: Schema, at: string): Schema {
  return rebasedObject(schema, { root: schema, anchors: findAnchors(schema), at, base: '' }, '');
}

interface Place {
  readonly root: Schema;
  readonly anchors: SchemaAnchors;
  readonly at: string;
  /** Pointer of the subschema that fragments are resolved against: the nearest one with an `$id`. */
  readonly base: string;
}

/** Keywords whose value is a schema or a boolean; a schema; a list or a map of schemas; plain data. */
const OPEN_OR_CLOSED = new Set([
  'additionalProperties',
  'items',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const SCHEMAS = new Set([
  'contains',
  'contentSchema',
  'else',
  'if',
  'not',
  'propertyNames',
  'then',
]);
const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAPS = new Set([
  '$defs',
  'definitions',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);
const DATA = new Set([
  ...['$comment', 'contentEncoding', 'contentMediaType', 'description', 'format', 'title'],
  ...['const', 'default', 'enum', 'examples', 'type'],
  ...['dependentRequired', 'maxProperties', 'minProperties', 'required'],
  ...['maxContains', 'maxItems', 'minContains', 'minItems', 'uniqueItems'],
  ...['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'],
  ...['maxLength', 'minLength', 'pattern'],
  ...['deprecated', 'readOnly', 'writeOnly'],
]);
const REFERENCES = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

/** Some readers know no boolean schemas in these places. */
function rebased(schema: unknown, place: Place, pointer: string): Schema {
  if (isObject(schema)) return rebasedObject(schema, place, pointer);
  return schema === false ? { not: {} } : {};
}

function rebasedObject(schema: Schema, outer: Place, pointer: string): Schema {
  const place = outer.anchors.bases.has(pointer) ? { ...outer, base: pointer } : outer;
  const moved: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(modernKeywords(schema))) {
    const inner = `${pointer}/${encodeToken(keyword)}`;
    if (value === undefined) continue;
    if (REFERENCES.has(keyword)) Object.assign(moved, reference(String(value), place));
    else if (OPEN_OR_CLOSED.has(keyword) && typeof value === 'boolean') moved[keyword] = value;
    else if (OPEN_OR_CLOSED.has(keyword)) moved[keyword] = rebased(value, place, inner);
    else if (SCHEMAS.has(keyword)) moved[keyword] = rebased(value, place, inner);
    else if (LISTS.has(keyword)) moved[keyword] = rebasedList(value, place, inner);
    else if (MAPS.has(keyword)) moved[keyword] = rebasedMap(value, place, inner);
    else if (DATA.has(keyword)) moved[keyword] = value;
  }
  return moved;
}

function rebasedList(value: unknown, place: Place, pointer: string): unknown[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map((one, at) => rebased(one, place, `${pointer}/${at}`));
}

function rebasedMap(value: unknown, place: Place, pointer: string): Schema | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).map(
    ([name, one]) => [name, rebased(one, place, `${pointer}/${encodeToken(name)}`)] as const,
  );
  return Object.fromEntries(entries);
}

/** One that leads out of the schema, or nowhere, becomes a remark: readers must not go and fetch it. */
function reference(target: string, { root, anchors, at, base }: Place): Schema {
  const pointer = anchors.resolve(target, base);
  if (pointer !== undefined && pointerExists(root, pointer)) return { $ref: at + pointer };
  return { $comment: `Refers to ${target}, which is not part of this document.` };
}
