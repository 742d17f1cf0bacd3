/** The shape of a problem+json body, for the document. */
import { z } from 'zod';

const fieldError = z
  .object({
    in: z.enum(['path', 'query', 'header', 'body']).describe('Where the field is.'),
    pointer: z.string().describe('JSON Pointer of the field in that place.'),
    code: z.string().describe('Stable reason for programs.'),
    message: z.string().describe('What is wrong and what to do.'),
  })
  .meta({ id: 'FieldError', description: 'One rejected field.' });

export const problemSchema = z
  .object({
    type: z.string().describe('Path of a page about this type of problem.'),
    title: z.string().describe('The type in a few words.'),
    status: z.int().min(400).max(599).describe('HTTP status.'),
    detail: z.string().describe('What is wrong with this request and what to do.'),
    instance: z.string().describe('Path of the request.'),
    request_id: z.string().describe('The id of the request in the logs.'),
    errors: z.array(fieldError).optional().describe('Every rejected field.'),
    used_by: z
      .array(z.string())
      .optional()
      .describe('The objects that refer to this one, as `kind/name`.'),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });
