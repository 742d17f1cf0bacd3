/** The bytes of a body that must be JSON, or the refusal of its type or size. */
import { MAX_BODY_BYTES, readBody } from './read-body.ts';
import { type HttpClient, header, sendRefusal } from './send.ts';

export interface ExpectedBody {
  /** In the words of the refusal: "Send … as Content-Type: application/json". */
  readonly holds: string;
  /** White space alone will do, whatever its type. */
  readonly mayBeBlank?: boolean;
}

const BLANK = /^[ \t\r\n]*$/;

/** Undefined when the client has been answered. Rejects when it goes away before its body is complete. */
export async function readJsonBody(
  client: HttpClient,
  { holds, mayBeBlank = false }: ExpectedBody,
): Promise<Buffer | undefined> {
  const isJson = /^application\/json\b/i.test(header(client.request, 'content-type') ?? '');
  if (!isJson && !mayBeBlank) return refuseType(client, holds);
  const body = await readBody(client.request);
  if (!body) {
    const message = `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB.`;
    sendRefusal(client, { reason: 'body_too_large', message }, { Connection: 'close' });
    return undefined;
  }
  return isJson || BLANK.test(body.toString('latin1')) ? body : refuseType(client, holds);
}

function refuseType(client: HttpClient, holds: string): undefined {
  const message = `Send ${holds} as Content-Type: application/json.`;
  sendRefusal(client, { reason: 'unsupported_media_type', message });
}
