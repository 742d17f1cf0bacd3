/** Holds every API reply of the test suite against the committed OpenAPI document. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiCall, ApiReply } from './api-reply.ts';

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, ResponseOrReference>>;
}

type ResponseOrReference = {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
};

const FILE = path.resolve(import.meta.dirname, '../../openapi/openapi.json');

let loaded: { readonly document: OpenApiDocument; readonly ajv: Ajv2020 } | undefined;

function load() {
  if (loaded) return loaded;
  const document = JSON.parse(readFileSync(FILE, 'utf8')) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  loaded = { document, ajv };
  return loaded;
}

/**
 * Throws `AssertionError` when status, content type or body of a reply of a documented operation are not as
 * documented. Paths and methods that the document does not have are for the test itself to judge.
 */
export function validateReply({ method, apiPath }: ApiCall, reply: ApiReply): void {
  if (!existsSync(FILE)) return;
  const { document, ajv } = load();
  const pathname = new URL(apiPath, 'http://gateway').pathname;
  const template = templateOf(Object.keys(document.paths), pathname);
  const verb = method.toLowerCase();
  if (template === undefined || !document.paths[template]?.[verb]) return;
  const at = `${method} ${apiPath} → ${reply.status}`;
  const responses = ['paths', template, verb, 'responses'];
  const response = resolve(document, [...responses, String(reply.status)]);
  assert.ok(response, `${at}: this status is not documented; body: ${JSON.stringify(reply.body)}`);
  const type = (reply.headers.get('content-type') ?? '').replace(/;.*/, '');
  if (response.value.content === undefined) {
    assert.equal(reply.body, undefined, `${at}: a body that is not documented`);
    return;
  }
  assert.ok(
    response.value.content[type],
    `${at}: content type ${JSON.stringify(type)} is not documented`,
  );
  if (!type.endsWith('json')) return;
  const pointer = [...response.pointer, 'content', type, 'schema'];
  const validate = ajv.getSchema(`openapi#/${pointer.map(escapePointer).join('/')}`);
  assert.ok(validate, `${at}: no schema`);
  assert.ok(
    validate(reply.body),
    `${at}: ${ajv.errorsText(validate.errors)}; body: ${JSON.stringify(reply.body)}`,
  );
}

/** Literal segments win over parameters: `/keys/export` is not `/keys/{name}`. */
function templateOf(templates: readonly string[], pathname: string): string | undefined {
  const matches = templates.filter((template) => {
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(pathname);
  });
  return matches.sort((a, b) => parameters(a) - parameters(b))[0];
}

function parameters(template: string): number {
  return template.split('{').length;
}

/** The response object at `pointer`, through its `$ref` if it has one, and where it really is. */
function resolve(document: OpenApiDocument, pointer: readonly string[]) {
  const value = pointer.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[key],
    document,
  ) as ResponseOrReference | undefined;
  if (!value) return undefined;
  if (!value.$ref) return { value, pointer };
  return resolve(document, value.$ref.slice(2).split('/').map(unescapePointer));
}

function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function unescapePointer(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
}
