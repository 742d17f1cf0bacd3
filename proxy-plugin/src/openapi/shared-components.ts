/** What all operations of an endpoint's OpenAPI document have in common. */
import { PROBLEM_TYPE } from '@sluice/contract/reasons';

export const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key, `mm_…`.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token.' },
};

const content = {
  type: 'array',
  description: 'Text, images, audio, links to resources, or resources themselves.',
  items: {
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        type: 'string',
        description: '`text`, `image`, `audio`, `resource_link` or `resource`.',
      },
      text: { type: 'string', description: 'Of `text`.' },
    },
  },
};

const problem = {
  type: 'object',
  description: 'What went wrong (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'reason', 'request_id'],
  properties: {
    type: { type: 'string', description: 'Always `about:blank`: see `reason`.' },
    title: { type: 'string', description: 'The status in words.' },
    status: { type: 'integer', description: 'HTTP status.' },
    detail: { type: 'string', description: 'What is wrong with this request and what to do.' },
    reason: { type: 'string', description: 'Stable, for programs.' },
    request_id: { type: 'string', description: 'The id of the request in the logs.' },
    retry_after_seconds: { type: 'integer', description: 'When it is worth another try.' },
    not_run: { type: 'boolean', description: 'True when the tool surely did not run.' },
    error: { type: 'object', description: 'The JSON-RPC error of the server.' },
  },
};

export const SCHEMAS = {
  CallToolResult: {
    type: 'object',
    description: 'As the server wrote it (MCP, "Tools").',
    required: ['content'],
    properties: {
      content,
      structuredContent: { type: 'object', description: 'The result as a value.' },
    },
  },
  Problem: problem,
  ToolError: {
    description: 'A problem with what the tool said.',
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      {
        type: 'object',
        properties: { result: { $ref: '#/components/schemas/CallToolResult' } },
      },
    ],
  },
};

export const RESPONSES = {
  ToolError: {
    description: 'The tool ran and says that it failed, or the arguments are invalid.',
    content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/ToolError' } } },
  },
  Problem: {
    description: 'Nothing came of it; `reason` says why.',
    content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  },
};
