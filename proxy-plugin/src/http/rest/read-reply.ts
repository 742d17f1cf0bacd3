/** What an upstream's JSON-RPC response comes to over REST. */
import { skipSpace, walkObject } from '../../message/json-walk.ts';
import { isObject } from '../../upstream/collect-reply.ts';
import { JsonError, MAX_DEPTH } from '../../upstream/json/json-scanner.ts';
import type { Span } from '../../upstream/json/value-span.ts';
import type { UpstreamFailure } from '../../upstream/upstream.ts';
import type { SentProblem } from '../send.ts';

/** JSON-RPC 2.0 §5.1; for a tool it is about the arguments. */
const INVALID_PARAMS = -32602;
const UNPROCESSABLE = 422;
const BAD_GATEWAY = 502;
const LONGEST_DETAIL = 2_000;

/** The tool's result as it is, the problem that tells of its error, or why it is neither. */
export type ReadReply =
  | { readonly result: Buffer }
  | { readonly problem: SentProblem }
  | { readonly failure: UpstreamFailure };

/**
 * `isError`: it was read as an error, of the protocol or of the tool. Stricter than over MCP, where no
 * status promises that the bytes can be parsed: what can't be is the server's fault.
 */
export function readReply(reply: Buffer, isError: boolean): ReadReply {
  try {
    return read(reply, isError);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `The server's reply is not the JSON it should be: ${error.message}.`;
    return { failure: { reason: 'garbage', message, notRun: false } };
  }
}

function read(message: Buffer, isError: boolean): ReadReply {
  const members = new Map<string, Span>();
  walkObject(message, skipSpace(message, 0), MAX_DEPTH, {
    onMember: (key, start, end) => void members.set(key, { start, end }),
  });
  const result = bytesOf(message, members.get('result'));
  if (result) return isError ? { problem: toolProblem(result) } : { result };
  return { problem: errorProblem(bytesOf(message, members.get('error')) ?? Buffer.from('null')) };
}

function bytesOf(message: Buffer, span: Span | undefined): Buffer | undefined {
  return span && message.subarray(span.start, span.end);
}

/** `isError: true`: the tool ran and says that it failed, mostly because of its arguments. */
function toolProblem(result: Buffer): SentProblem {
  const { content } = JSON.parse(result.toString()) as { content?: unknown };
  const blocks: unknown[] = Array.isArray(content) ? content : [];
  const texts = blocks.flatMap((block) =>
    isObject(block) && typeof block.text === 'string' ? [block.text] : [],
  );
  const detail =
    texts.join('\n').slice(0, LONGEST_DETAIL) || 'The tool failed and does not say why.';
  const extra = { name: 'result', value: result };
  return { status: UNPROCESSABLE, reason: 'tool_error', detail, extra };
}

function errorProblem(value: Buffer): SentProblem {
  const error: unknown = JSON.parse(value.toString());
  const { code, message } = isObject(error) ? error : {};
  const status = code === INVALID_PARAMS ? UNPROCESSABLE : BAD_GATEWAY;
  const told = typeof message === 'string' ? message : 'The server answered with an error.';
  const detail = told.slice(0, LONGEST_DETAIL);
  return { status, reason: 'server_error', detail, extra: { name: 'error', value } };
}
