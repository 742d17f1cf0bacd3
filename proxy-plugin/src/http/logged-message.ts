/** What the access log shall say of a message: NGINX can't read bodies, so the answer tells it. */
import { LOGGED_METHOD_HEADER, LOGGED_NAME_HEADER } from '@sluice/contract/headers';
import { type ClientMessage, stringField } from '../message/client-message.ts';

/** As long as the log keeps of it. */
const MAX_METHOD = 64;
const MAX_NAME = 200;

/** Names and values in turn, for the answer to `message`; NGINX logs them and takes them away. */
export function loggedHeaders(message: ClientMessage | undefined): string[] {
  if (!message?.method) return [];
  const headers = [LOGGED_METHOD_HEADER, printable(message.method, MAX_METHOD)];
  const name = stringField(message, 'name') ?? stringField(message, 'uri');
  if (name !== undefined) headers.push(LOGGED_NAME_HEADER, printable(name, MAX_NAME));
  return headers;
}

/** A header takes no line breaks, and the log no more than this. */
function printable(text: string, length: number): string {
  return text.slice(0, length).replace(/[^ -~]/g, '?');
}
