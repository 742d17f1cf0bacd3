/** zod schemas as OpenAPI components: requests as input, replies as output, only those in use. */
import type { SchemaObject } from 'openapi3-ts/oas31';
import { z } from 'zod';

type Io = 'input' | 'output';
type JsonSchema = z.core.JSONSchema.BaseSchema;

const PREFIX = '#/components/schemas/';

export interface SchemaComponents {
  /** `{ $ref }` to the component of a schema that has an id. */
  reference(schema: z.ZodType, io: Io): { $ref: string };
  /** A schema written out, for parameters. */
  inline(schema: z.ZodType): SchemaObject;
  /** Every component that `reference` handed out, and those they refer to, by name. */
  used(): [string, SchemaObject][];
}

/**
 * A schema that is in replies too, and differs there (defaults), becomes two components: `X` and,
 * in requests, `XInput`.
 */
export function createSchemaComponents(replies: readonly z.ZodType[]): SchemaComponents {
  const pool = new Map<string, SchemaObject>();
  const used = new Set<string>();
  const inReplies = idsOf(replies);
  const differs = differingIds().intersection(inReplies);
  const nameOf = (id: string, io: Io) => (io === 'input' && differs.has(id) ? `${id}Input` : id);
  for (const io of ['output', 'input'] as const) {
    const uri = (id: string) => PREFIX + nameOf(id, io);
    const { schemas } = z.toJSONSchema(z.globalRegistry, { io, override, uri });
    for (const [id, schema] of Object.entries(schemas)) {
      if (io === 'output' && !inReplies.has(id)) continue;
      pool.set(nameOf(id, io), finish(schema, io));
    }
  }
  const use = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const found of JSON.stringify(pool.get(name)).matchAll(
      /"#\/components\/schemas\/(\w+)"/g,
    )) {
      use(found[1] ?? '');
    }
  };
  return {
    reference(schema, io) {
      const id = z.globalRegistry.get(schema)?.id;
      if (!id) throw new Error('unreachable: schemas of bodies and replies need .meta({ id })');
      const name = nameOf(id, io);
      use(name);
      return { $ref: PREFIX + name };
    },
    inline: (schema) => finish(z.toJSONSchema(schema, { io: 'input', override }), 'input'),
    used: () => [...used].sort().map((name) => [name, pool.get(name) ?? {}]),
  };
}

/** Ids of `schemas` and of everything in them. */
function idsOf(schemas: readonly z.ZodType[]): Set<string> {
  const ids = schemas.flatMap((schema) => {
    const { $defs = {} } = z.toJSONSchema(schema, { io: 'output', override });
    return [z.globalRegistry.get(schema)?.id ?? [], Object.keys($defs)].flat();
  });
  return new Set(ids);
}

/** Ids whose JSON Schema is another one for requests than for replies. */
function differingIds(): Set<string> {
  const text = (io: Io) => {
    const { schemas } = z.toJSONSchema(z.globalRegistry, { io, override });
    return new Map(Object.entries(schemas).map(([id, s]) => [id, JSON.stringify(finish(s, io))]));
  };
  const inputs = text('input');
  const outputs = text('output');
  const differs = new Set([...inputs.keys()].filter((id) => inputs.get(id) !== outputs.get(id)));
  spread(differs, inputs);
  return differs;
}

/** What refers to a schema that differs, differs too. */
function spread(differs: Set<string>, schemas: ReadonlyMap<string, string>): void {
  for (let before = -1; before !== differs.size; ) {
    before = differs.size;
    for (const [id, text] of schemas) {
      const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((found) => found[1] ?? '');
      if (names.some((name) => differs.has(name))) differs.add(id);
    }
  }
}

/** Takes out what zod writes for itself and only makes the document longer. */
function override({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
  delete jsonSchema.id;
  if (jsonSchema.type === 'integer') {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  }
}

/** Replies stay open: a field that a later version adds must not break strict clients. */
function finish(schema: JsonSchema, io: Io): SchemaObject {
  const text = JSON.stringify(schema, (key, value: unknown) => {
    if (key === '$schema' || key === '$id') return undefined;
    if (io === 'output' && key === 'additionalProperties' && value === false) return undefined;
    return value;
  });
  return JSON.parse(text) as SchemaObject;
}
