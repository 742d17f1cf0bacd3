/** Guarantees of the OpenAPI document of an endpoint. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { ODD_TOOLS } from '../testing/odd-tools.ts';
import { describeTools } from './describe-tools.ts';
import { pointerExists } from './schema-anchors.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const FACTS = { name: 'dev', url: 'https://mcp.example.org/metamcp/dev/api', version: '1' };
const described = describeTools(ODD_TOOLS, { ...FACTS, isOpen: false });
const text = JSON.stringify(described);

interface Document {
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
}

type Schema = Readonly<Record<string, unknown>>;

const document = JSON.parse(text) as Document;

/** Every value of a key `$ref` that is a reference. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === '$ref' && typeof one === 'string' ? [one] : references(one),
  );
}

it('passes the linter, whatever the schemas of the servers are', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-openapi-'));
  const file = path.join(folder, 'openapi.json');
  await writeFile(file, text);
  // Names and leftovers within the schemas are the servers' own.
  const skipped = ['spec-components-invalid-map-name', 'no-unused-components'];
  const run = spawnSync(
    path.join(ROOT, 'node_modules/.bin/redocly'),
    ['lint', file, ...skipped.map((rule) => `--skip-rule=${rule}`)],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  await rm(folder, { recursive: true });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

it('has one POST for each tool, under its visible name', () => {
  const operations = Object.entries(document.paths).map(([at, { post }]) => [at, post.operationId]);
  const expected = ODD_TOOLS.map(({ name }) => [`/${name}`, name]);
  assert.deepEqual(operations, expected);
  assert.equal(document.paths['/nothing']?.post.summary, 'No schema at all');
  assert.equal(document.paths['/typed']?.post.summary, 'By annotation');
});

it('every reference leads to something in the document', () => {
  const targets = references(document).filter((target) => target !== '#/data');
  assert.ok(targets.length > 20);
  for (const target of targets) assert.ok(pointerExists(document, target.slice(1)), target);
});

it('a schema that refers to itself still does', () => {
  const { properties, $defs } = document.components.schemas['recursive.arguments'] as {
    properties: Schema;
    $defs: { Node: { properties: Schema } };
  };
  const node = { $ref: '#/components/schemas/recursive.arguments/$defs/Node' };
  assert.deepEqual(properties.node, node);
  assert.deepEqual($defs.Node.properties.next, node);
  assert.deepEqual(properties.self, { $ref: '#/components/schemas/recursive.arguments' });
});

it('references to ids and anchors are found by their place', () => {
  const { properties } = document.components.schemas['anchors.arguments'] as { properties: Schema };
  assert.deepEqual(properties.x, { $ref: '#/components/schemas/anchors.arguments/$defs/thing' });
  const draft7 = document.components.schemas['draft-07.arguments'] as { properties: Schema };
  const pair = { $ref: '#/components/schemas/draft-07.arguments/properties/pair' };
  assert.deepEqual(draft7.properties.again, pair);
});

it('a reference to another document is none here: nobody is led to fetch it', () => {
  const { properties } = document.components.schemas['broken.arguments'] as { properties: Schema };
  assert.deepEqual(Object.keys(properties.elsewhere as object), ['$comment']);
  assert.deepEqual(Object.keys(properties.nowhere as object), ['$comment']);
});

it('data in a schema stays as it is, also where it looks like a keyword', () => {
  const { properties } = document.components.schemas['broken.arguments'] as { properties: Schema };
  assert.deepEqual(properties.$ref, { type: 'string', default: { $ref: '#/data' } });
});

it('says that no key is needed only where none is', () => {
  assert.deepEqual(document.security, [{ apiKey: [] }, { bearer: [] }]);
  const open = describeTools([], { ...FACTS, isOpen: true }) as unknown as Document;
  assert.deepEqual(open.security, [{ apiKey: [] }, { bearer: [] }, {}]);
});
