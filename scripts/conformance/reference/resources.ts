/** The resources of the reference server, under the URIs that the conformance suite reads. */
import {
  McpError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';
import { PNG } from './samples.ts';

/** MCP 2025-11-25, resources, error handling. */
const NOT_FOUND = -32002;

type Contents = ReadResourceResult['contents'][number];

/** As `resources/list` shows them. */
export const RESOURCES: Resource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    description: 'A text that never changes',
    mimeType: 'text/plain',
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    description: 'An image that never changes',
    mimeType: 'image/png',
  },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    description: 'A text to subscribe to',
    mimeType: 'text/plain',
  },
];

/** As `resources/templates/list` shows them. */
export const TEMPLATES: ResourceTemplate[] = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'template',
    description: 'Data of an id',
    mimeType: 'application/json',
  },
];

/** Throws -32002 when there is no such resource. */
export function readResource(uri: string): ReadResourceResult {
  return { contents: [contentsOf(uri)] };
}

function contentsOf(uri: string): Contents {
  const text = (words: string): Contents => ({ uri, mimeType: 'text/plain', text: words });
  switch (uri) {
    case 'test://static-text':
      return text('This is the content of the static text resource.');
    case 'test://static-binary':
      return { uri, mimeType: 'image/png', blob: PNG };
    case 'test://watched-resource':
      return text('This is the content of the watched resource.');
  }
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id === undefined) throw new McpError(NOT_FOUND, `there is no resource ${uri}`);
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) };
}
