/** The OpenAPI 3.1.1 document of an endpoint: its tools, each a POST, as one principal may see them. */
import type { ListedTool } from '@sluice/contract/lists';
import { isObject } from '../upstream/collect-reply.ts';
import { rebaseSchema } from './rebase-schema.ts';
import type { Schema } from './schema.ts';
import { RESPONSES, SCHEMAS, SECURITY_SCHEMES } from './shared-components.ts';

export interface EndpointFacts {
  readonly name: string;
  /** Where the tools are, without a slash at the end. */
  readonly url: string;
  /** Of the gateway. */
  readonly version: string;
  /** Whether it can be used without a key. */
  readonly isOpen: boolean;
}

const TAG = { name: 'Tools', description: 'Each is called by its visible name.' };

/** `tools` under their visible names, which are legal keys of components. */
export function describeTools(tools: readonly ListedTool[], facts: EndpointFacts): Schema {
  const schemas = tools.flatMap((tool) => [
    [inputKey(tool), rebaseSchema(inputOf(tool), reference(inputKey(tool)))] as const,
    ...(isObject(tool.outputSchema)
      ? [[outputKey(tool), rebaseSchema(tool.outputSchema, reference(outputKey(tool)))] as const]
      : []),
  ]);
  return {
    openapi: '3.1.1',
    info: {
      title: facts.name,
      version: facts.version,
      description:
        'The tools of this endpoint as plain REST, as your key may use them. Arguments go in as a ' +
        'JSON object, results come out as MCP has them, errors as problem details (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: facts.url }],
    tags: [TAG],
    security: [{ apiKey: [] }, { bearer: [] }, ...(facts.isOpen ? [{}] : [])],
    paths: Object.fromEntries(tools.map((tool) => [`/${tool.name}`, { post: operation(tool) }])),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      responses: RESPONSES,
      schemas: { ...SCHEMAS, ...Object.fromEntries(schemas) },
    },
  };
}

function operation(tool: ListedTool): Schema {
  const { name, title, description, annotations } = tool;
  return {
    operationId: name,
    tags: [TAG.name],
    summary: text(title) ?? text(annotations?.title) ?? name,
    ...(text(description) !== undefined && { description }),
    requestBody: {
      description: 'The arguments of the tool.',
      content: { 'application/json': { schema: { $ref: reference(inputKey(tool)) } } },
    },
    responses: {
      200: {
        description: 'The result of the tool.',
        content: { 'application/json': { schema: resultSchema(tool) } },
      },
      422: { $ref: '#/components/responses/ToolError' },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function resultSchema(tool: ListedTool): Schema {
  const result = { $ref: '#/components/schemas/CallToolResult' };
  if (!isObject(tool.outputSchema)) return result;
  const properties = { structuredContent: { $ref: reference(outputKey(tool)) } };
  return { allOf: [result, { type: 'object', properties, required: ['structuredContent'] }] };
}

function inputOf({ inputSchema }: ListedTool): Schema {
  return isObject(inputSchema) ? inputSchema : { type: 'object' };
}

function inputKey({ name }: ListedTool): string {
  return `${name}.arguments`;
}

function outputKey({ name }: ListedTool): string {
  return `${name}.result`;
}

function reference(key: string): string {
  return `#/components/schemas/${key}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
