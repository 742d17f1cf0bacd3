/** The OpenAPI 3.1.1 document of a list of routes. */
import {
  OpenApiBuilder,
  type OperationObject,
  type ParameterObject,
  type RequestBodyObject,
  type ResponseObject,
} from 'openapi3-ts/oas31';
import type { z } from 'zod';
import { describeProblems } from './describe-problems.ts';
import { problemSchema } from './problem-schema.ts';
import type { ReplyDefinition, Route } from './route.ts';
import { createSchemaComponents, type SchemaComponents } from './schema-components.ts';

export interface ApiFacts {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
  /** In the order in which the docs show them. */
  readonly tags: readonly { readonly name: string; readonly description: string }[];
}

export function describeRoutes<D>(routes: readonly Route<D>[], facts: ApiFacts): OpenApiBuilder {
  const builder = OpenApiBuilder.create()
    .addOpenApiVersion('3.1.1')
    .addInfo({
      title: facts.title,
      version: facts.version,
      description: facts.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    })
    .addServer({ url: '/', description: 'The admin listener of this gateway.' })
    .addSecurityScheme('adminKey', {
      type: 'http',
      scheme: 'bearer',
      description: 'An admin key, `mma_…`. The first one is in `admin.key` of the data folder.',
    });
  for (const tag of facts.tags) builder.addTag(tag);
  const components = createSchemaComponents(replySchemas(routes));
  for (const route of routes) {
    builder.addPath(route.path, { [route.method]: describe(route, components, builder) });
  }
  for (const [name, schema] of components.used()) builder.addSchema(name, schema);
  return builder;
}

function replySchemas<D>(routes: readonly Route<D>[]): z.ZodType[] {
  const replies = routes.flatMap((route) => Object.values(route.replies));
  return [problemSchema, ...replies.flatMap(({ schema }) => schema ?? [])];
}

function describe<D>(
  route: Route<D>,
  components: SchemaComponents,
  builder: OpenApiBuilder,
): OperationObject {
  const replies = Object.entries(route.replies).map(([status, reply]) => [
    status,
    describeReply(reply, components),
  ]);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: route.description,
    security: route.scope === 'public' ? [] : [{ adminKey: [] }],
    ...(route.scope !== 'public' && { 'x-required-scope': route.scope }),
    ...describeParameters(route, components),
    ...(route.body && { requestBody: describeBody(route, route.body, components) }),
    responses: {
      ...Object.fromEntries(replies),
      ...describeProblems(route, components, builder),
    },
  };
}

function describeParameters<D>(
  route: Route<D>,
  components: SchemaComponents,
): { parameters?: ParameterObject[] } {
  const places = [
    ['path', route.params],
    ['query', route.query],
    ['header', route.headers],
  ] as const;
  // A parameter named Accept is ignored (OpenAPI 3.1.1, "Parameter Object"): replies say it.
  const isDescribed = ([name]: readonly [string, unknown]) => name !== 'accept';
  const parameters = places.flatMap(([place, object]) =>
    Object.entries(object?.shape ?? {})
      .filter(isDescribed)
      .map(([name, field]): ParameterObject => {
        const schema = field as z.ZodType;
        const { description, ...rest } = components.inline(schema);
        return {
          name: place === 'header' ? headerCase(name) : name,
          in: place,
          required: place === 'path' || !schema.safeParse(undefined).success,
          ...(description && { description }),
          schema: rest,
        };
      }),
  );
  return parameters.length > 0 ? { parameters } : {};
}

function describeBody<D>(
  route: Route<D>,
  schema: z.ZodType,
  components: SchemaComponents,
): RequestBodyObject {
  return {
    required: !route.bodyOptional,
    content: {
      'application/json': {
        schema: components.reference(schema, 'input'),
        examples: { ...route.bodyExamples },
      },
    },
  };
}

function describeReply(reply: ReplyDefinition, components: SchemaComponents): ResponseObject {
  const headers = Object.entries(reply.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  const media = reply.schema
    ? { schema: components.reference(reply.schema, 'output') }
    : { schema: { type: 'string' as const } };
  const hasContent = reply.schema !== undefined || reply.contentType !== undefined;
  const alternatives = Object.entries(reply.alternatives ?? {}).map(
    ([contentType, description]) => [
      contentType,
      { schema: { type: 'string' as const, description } },
    ],
  );
  return {
    description: reply.description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(hasContent && {
      content: {
        [reply.contentType ?? 'application/json']: {
          ...media,
          ...(reply.example !== undefined && { example: reply.example }),
        },
        ...Object.fromEntries(alternatives),
      },
    }),
  };
}

function headerCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (part) => part.toUpperCase());
}
