/** One JSON-RPC message of a client, read once as bytes: its envelope, and where its params lie. */
import { isUtf8 } from 'node:buffer';
import { JsonError } from '../upstream/json/json-scanner.ts';
import type { Span } from '../upstream/json/value-span.ts';
import { type OnMember, skipSpace, stringAt, walkObject } from './json-walk.ts';

/** Containers inside each other, the message itself included: parsers behind us may recurse. */
export const MAX_DEPTH = 64;
/** No client has reason for a longer id, and every answer repeats it. */
const MAX_ID_BYTES = 1024;
const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;

export interface ClientMessage {
  readonly body: Buffer;
  /** Undefined for a response. */
  readonly method: string | undefined;
  /** JSON bytes, type and all; undefined for a notification. */
  readonly id: Buffer | undefined;
  /** Where `params` lies in `body`. */
  readonly params: Span | undefined;
  /** Where the fields of `params` lie in `body`. */
  readonly fields: ReadonlyMap<string, Span>;
}

/** A body that is not one JSON-RPC message. `code` is JSON-RPC's: -32700 or -32600. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code: -32700 | -32600;

  constructor(message: string, options: ErrorOptions & { readonly code: -32700 | -32600 }) {
    super(message, options);
    this.code = options.code;
  }
}

/**
 * Reads a body; line breaks between its tokens become spaces in place. Duplicate keys in the envelope
 * and in `params` are refused: readers differ in which one they believe. Throws `MessageError`.
 */
export function readClientMessage(body: Buffer): ClientMessage {
  const { envelope, fields } = readMembers(body);
  const jsonrpc = envelope.get('jsonrpc');
  if (!jsonrpc || stringOf(body, jsonrpc) !== '2.0') {
    throw invalid('The member "jsonrpc" must be "2.0".');
  }
  const id = envelope.get('id');
  const params = envelope.get('params');
  if (params && body[params.start] !== OPEN_OBJECT) {
    throw invalid('The member "params" must be an object.');
  }
  return {
    body,
    method: methodOf(body, envelope),
    id: id && idOf(body, id),
    params,
    fields,
  };
}

/** The string at field `name` of `params`; undefined if there is none or it is no string. */
export function stringField({ body, fields }: ClientMessage, name: string): string | undefined {
  const span = fields.get(name);
  return span && stringOf(body, span);
}

/** JSON bytes of `params`, its field `name` set to the string `value`; undefined if it has no such field. */
export function paramsWith(
  message: ClientMessage,
  name: string,
  value: string,
): Buffer | undefined {
  return paramsWithField(message, name, Buffer.from(JSON.stringify(value)));
}

/** The same for any value; `value` is JSON bytes. */
export function paramsWithField(
  { body, params, fields }: ClientMessage,
  name: string,
  value: Buffer,
): Buffer | undefined {
  const span = fields.get(name);
  if (!params || !span) return undefined;
  return Buffer.concat([
    body.subarray(params.start, span.start),
    value,
    body.subarray(span.end, params.end),
  ]);
}

/** The whole message under another id, every other byte as it is. Only for one that has an id. */
export function messageWithId({ body, id }: ClientMessage, newId: Buffer): Buffer {
  const start = id ? id.byteOffset - body.byteOffset : 0;
  return Buffer.concat([body.subarray(0, start), newId, body.subarray(start + (id?.length ?? 0))]);
}

/** `params` as a value; {} if there are none. */
export function parsedParams({ body, params }: ClientMessage): Readonly<Record<string, unknown>> {
  if (!params) return {};
  const text = body.toString('utf8', params.start, params.end);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Members of the message and of its `params`. */
function readMembers(body: Buffer) {
  const envelope = new Map<string, Span>();
  const fields = new Map<string, Span>();
  if (!isUtf8(body)) throw new MessageError('The body is not UTF-8.', { code: -32700 });
  const start = skipSpace(body, 0);
  if (body[start] === OPEN_ARRAY) {
    throw invalid('One message was expected, not a batch: send one message in each POST.');
  }
  if (body[start] !== OPEN_OBJECT) {
    throw new MessageError('The body is not a JSON object.', { code: -32700 });
  }
  try {
    const walked = {
      onMember: addTo(envelope),
      inner: { key: 'params', onMember: addTo(fields) },
    };
    const end = walkObject(body, start, MAX_DEPTH, walked);
    if (skipSpace(body, end) < body.length) throw new JsonError('bytes follow its end');
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `The body is not the JSON it should be: ${error.message}.`;
    throw new MessageError(message, { code: -32700, cause: error });
  }
  return { envelope, fields };
}

function addTo(members: Map<string, Span>): OnMember {
  return (key, start, end) => {
    if (members.has(key)) {
      throw invalid(`The key ${JSON.stringify(key.slice(0, 64))} comes twice.`);
    }
    members.set(key, { start, end });
  };
}

function stringOf(body: Buffer, { start, end }: Span): string | undefined {
  return body[start] === QUOTE ? stringAt(body, start, end) : undefined;
}

function methodOf(body: Buffer, envelope: ReadonlyMap<string, Span>): string | undefined {
  const span = envelope.get('method');
  if (!span) {
    if (envelope.has('result') || envelope.has('error')) return undefined;
    throw invalid('The message has neither method, result nor error.');
  }
  const method = stringOf(body, span);
  if (method) return method;
  throw invalid('The member "method" must be a string that is not empty.');
}

/** A string or a number; MCP has no null ids. */
function idOf(body: Buffer, { start, end }: Span): Buffer {
  const first = body[start] ?? 0;
  const isStringOrNumber = first === QUOTE || first === 0x2d || (first >= 0x30 && first <= 0x39);
  if (isStringOrNumber && end - start <= MAX_ID_BYTES) return body.subarray(start, end);
  throw invalid(`The member "id" must be a string or a number of at most ${MAX_ID_BYTES} bytes.`);
}

function invalid(message: string): MessageError {
  return new MessageError(message, { code: -32600 });
}
