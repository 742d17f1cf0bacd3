/** PUT /api/v1/namespaces/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type NamespaceBody, namespace, namespaceBody } from './namespace.ts';

export const putNamespace = defineRoute({
  operationId: 'putNamespace',
  method: 'put',
  path: '/api/v1/namespaces/{name}',
  tag: 'Namespaces',
  scope: 'editor',
  summary: 'Create or replace a namespace',
  description: `Groups servers and sets rules for their tools. The same body twice changes nothing. Two tools that would
certainly have the same visible name are refused; clashes that depend on what servers list are in \`status\`.`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: namespaceBody,
  computed: [...COMPUTED_NAMES, 'status'],
  bodyExamples: {
    plain: {
      summary: 'Two servers, the second under a short prefix',
      value: { members: [{ server: 'everything' }, { server: 'memory', prefix: 'kg' }] },
    },
    rules: {
      summary: 'One tool renamed and marked read-only, others hidden',
      value: {
        members: [
          {
            server: 'everything',
            exclude: ['debug*'],
            tools: {
              echo: {
                name: 'say',
                description: 'Say it back.',
                annotations: { readOnlyHint: true },
              },
            },
          },
        ],
        new_tools: 'deny',
      },
    },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: namespace, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: namespace, headers: ETAG_HEADER },
  },
  problems: ['precondition-failed', 'unprocessable', 'storage-full'],
  handle: (input, { namespaces }: { namespaces: Objects<NamespaceBody> }) => namespaces.put(input),
});
