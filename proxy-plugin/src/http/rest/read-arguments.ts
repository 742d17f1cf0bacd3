/** The body of a REST call: the tool's arguments as one JSON object, or nothing at all. */
import { isUtf8 } from 'node:buffer';
import { MAX_DEPTH } from '../../message/client-message.ts';
import { skipSpace, walkObject } from '../../message/json-walk.ts';
import { JsonError } from '../../upstream/json/json-scanner.ts';
import { readJsonBody } from '../read-json-body.ts';
import { type HttpClient, sendRefusal } from '../send.ts';

const OPEN_OBJECT = 0x7b;
const NONE = Buffer.from('{}');
/** The message that the arguments become part of has two containers around them. */
const MAX_ARGUMENT_DEPTH = MAX_DEPTH - 2;

/** Undefined when the client has been answered. Rejects when it goes away before its body is complete. */
export async function readArguments(client: HttpClient): Promise<Buffer | undefined> {
  const body = await readJsonBody(client, { holds: 'the arguments', mayBeBlank: true });
  if (!body) return undefined;
  if (skipSpace(body, 0) === body.length) return NONE;
  const problem = problemOf(body);
  if (problem === undefined) return body;
  const message = `The body must be one JSON object, the arguments of the tool: ${problem}.`;
  sendRefusal(client, { reason: 'bad_request', message });
  return undefined;
}

/** Why `body` is not one JSON object; undefined = it is. */
function problemOf(body: Buffer): string | undefined {
  if (!isUtf8(body)) return 'it is not UTF-8';
  const start = skipSpace(body, 0);
  if (body[start] !== OPEN_OBJECT) return 'it does not begin with a brace';
  try {
    const end = walkObject(body, start, MAX_ARGUMENT_DEPTH);
    return skipSpace(body, end) < body.length ? 'bytes follow its end' : undefined;
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
}
