/** Holds every response of the API to its OpenAPI document. */
import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { apiDocument } from '../openapi/api-document.ts';
import { ROUTES } from '../routes.ts';

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** With `{name}` placeholders. */
  readonly path: string;
  readonly scope: string | undefined;
  readonly bodyExamples: Readonly<Record<string, { readonly value: Record<string, unknown> }>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly 'x-required-scope'?: string;
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly examples: Operation['bodyExamples'] };
    };
  };
}

type Document = { readonly paths: Record<string, Record<string, DocumentedOperation>> };

const document = JSON.parse(apiDocument(ROUTES).getSpecAsJson()) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

/** Every operation of the document. */
export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      scope: operation['x-required-scope'],
      bodyExamples: operation.requestBody?.content['application/json'].examples ?? {},
    })),
);

/** Fails unless the document has this status for the operation, and the body fits its schema. */
export function checkResponse(
  method: string,
  path: string,
  response: Response,
  body: unknown,
): void {
  const operation = OPERATIONS.find(
    (candidate) => candidate.method === method && matches(candidate.path, path),
  );
  if (!operation) return;
  const type = response.headers.get('content-type') ?? '';
  const pointer = [
    'paths',
    operation.path,
    method.toLowerCase(),
    'responses',
    String(response.status),
  ];
  const validate = schemaAt([...pointer, 'content', type, 'schema']) ?? sharedSchema(pointer, type);
  const place = `${operation.operationId} ${response.status} ${type}`;
  assert.ok(validate, `the document has no ${place}`);
  assert.ok(
    validate(body),
    `${place}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
  );
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

/** Problem responses are references to shared ones. */
function sharedSchema(pointer: readonly string[], type: string): ValidateFunction | undefined {
  let value: unknown = document;
  for (const part of pointer) value = (value as Record<string, unknown> | undefined)?.[part];
  const reference = (value as { $ref?: string } | undefined)?.$ref;
  const parts = reference?.replace('#/', '').split('/');
  return parts && schemaAt([...parts, 'content', type, 'schema']);
}

function schemaAt(parts: readonly string[]): ValidateFunction | undefined {
  const escaped = parts.map((part) =>
    encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return ajv.getSchema(`api#/${escaped.join('/')}`);
}
