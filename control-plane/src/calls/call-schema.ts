/** What the API says of a call. */
import { z } from 'zod';

export const SHOWN_OUTCOMES = [
  'ok',
  'upstream_error',
  'upstream_failed',
  'cancelled',
  'denied',
  'gap',
] as const;

export const outcome = z
  .enum(SHOWN_OUTCOMES)
  .describe(
    '`ok`: the server answered. `upstream_error`: it answered with an error. `upstream_failed`: no answer (down, timed out, crashed). `cancelled`: the client gave up. `denied`: refused by the gateway, see `reason`. `gap`: records are missing here.',
  );

export const transport = z
  .enum(['streamable-http', 'sse', 'rest'])
  .describe('How the client spoke, as in `transports` of the endpoint.');

export const callSchema = z
  .object({
    id: z.string().describe('Of this record.'),
    time: z.iso.datetime().describe('When the request arrived.'),
    request_id: z.string().describe('The same as in the access log and in `X-Request-Id`.'),
    principal: z
      .string()
      .describe('Who called: the subject of the key, else its lineage; `ip:…` without a key.'),
    key: z.string().optional().describe('Name of the key.'),
    client_ip: z.string().describe('Address of the client as NGINX saw it.'),
    endpoint: z
      .string()
      .describe('Name of the endpoint, or its path if there is no such endpoint.'),
    transport: transport.optional(),
    method: z
      .string()
      .describe('MCP method, or the HTTP method of a request refused before it was read.'),
    server: z.string().optional().describe('Name of the server.'),
    name: z
      .string()
      .optional()
      .describe('Original name of the tool or prompt at the server, or the original resource URI.'),
    visible_name: z.string().optional().describe('The name or URI that the client used.'),
    write: z.boolean().describe('False only for what is known to read. Unknown counts as write.'),
    outcome,
    reason: z.string().optional().describe('Why it was denied or failed: stable, for programs.'),
    http_status: z.int().describe('Status that the client got; 0 if none.'),
    duration_ms: z.number().describe('Milliseconds in the gateway, the server’s time included.'),
    upstream_ms: z.number().optional().describe('Milliseconds of it waiting for the server.'),
    request_bytes: z.int().describe('Size of the request body.'),
    response_bytes: z.int().describe('Size of the response body.'),
    count: z
      .int()
      .describe(
        'Refusals that this record stands for: those of one key or address, reason and second are counted together. Of a `gap`: how many records are missing, 0 = unknown.',
      ),
    source: z.string().describe('One start of one process of the gateway.'),
    sequence: z
      .int()
      .describe(
        'Number within the source, without holes. Of a `gap`: minus the first missing one.',
      ),
  })
  .meta({
    id: 'Call',
    description: 'The record of one call, or of refusals. Arguments and results are never stored.',
  });
