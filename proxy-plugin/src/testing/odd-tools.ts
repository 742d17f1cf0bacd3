/** Tools whose schemas are legal somewhere, or written badly: as real servers list them. */
import type { ListedTool } from '@sluice/contract/lists';

const tool = (name: string, inputSchema: unknown, more: object = {}): ListedTool => ({
  name,
  inputSchema,
  ...more,
});

export const ODD_TOOLS: readonly ListedTool[] = [
  tool('plain', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }),
  tool('recursive', {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { node: { $ref: '#/$defs/Node' }, self: { $ref: '#' } },
    $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } } },
  }),
  tool('draft-07', {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://example.com/tool.json',
    type: 'object',
    properties: {
      pair: {
        type: 'array',
        items: [{ type: 'string' }, { $ref: '#/definitions/n' }],
        additionalItems: false,
      },
      again: { $ref: 'https://example.com/tool.json#/properties/pair' },
      'a/b~c %': { $ref: '#/definitions/a~1b' },
    },
    definitions: { n: { type: 'number', exclusiveMinimum: true, minimum: 0 }, 'a/b': true },
    dependencies: { pair: ['again'] },
  }),
  tool('anchors', {
    type: 'object',
    properties: { x: { $ref: '#thing' }, inner: { $ref: '#/$defs/inner/$defs/deep' } },
    $defs: {
      thing: { $anchor: 'thing', type: 'integer' },
      inner: {
        $id: 'inner.json',
        properties: { deep: { $ref: '#/$defs/deep' } },
        $defs: { deep: { type: 'null' } },
      },
    },
  }),
  tool('broken', {
    type: 'any',
    properties: {
      elsewhere: { $ref: 'https://example.com/schema.json#/a' },
      nowhere: { $ref: '#/$defs/nothing', description: 7 },
      $ref: { type: ['string', 'float'], default: { $ref: '#/data' } },
      old: { type: 'string', required: true, nullable: true, example: 'x', enumNames: ['x'] },
      wrong: { type: 'array', items: null, minItems: '1', enum: 'x' },
    },
    anyOf: [],
    required: 'all',
    optional: ['x'],
  }),
  tool('nothing', undefined, { title: 'No schema at all', description: '' }),
  tool(
    'typed.result',
    { type: 'object' },
    {
      outputSchema: {
        type: 'object',
        properties: { n: { $ref: '#/$defs/n' } },
        $defs: { n: { type: 'number' } },
      },
    },
  ),
  tool('typed', true, {
    outputSchema: { type: 'object' },
    annotations: { title: 'By annotation' },
  }),
];
