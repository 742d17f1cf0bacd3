/** HTTP requests of a legacy MCP client as text, built once per tool so that a send is one concatenation. */
import type { Lane } from './load.ts';

/** Makes request and reply about 1 kB. */
const ARGUMENT_TEXT = 'lorem ipsum dolor sit amet '.repeat(32);
const PROTOCOL_VERSION = '2025-11-25';
/** Ids have a fixed width, so that Content-Length is known beforehand. */
const FIRST_ID = 100_000_000;

export interface RequestTemplate {
  /** The request with `id`, and how a right reply spells that id. */
  render(sequence: number): { readonly text: string; readonly id: string };
}

export function initializeRequest(lane: Lane): string {
  return postText(lane, undefined, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: PROTOCOL_VERSION,
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    },
  });
}

export function initializedRequest(lane: Lane, sessionId: string): string {
  return postText(lane, sessionId, { jsonrpc: '2.0', method: 'notifications/initialized' });
}

export function callTemplate(lane: Lane, sessionId: string, tool: string): RequestTemplate {
  return template(lane, sessionId, 'tools/call', {
    name: tool,
    arguments: { text: ARGUMENT_TEXT },
  });
}

export function listTemplate(lane: Lane, sessionId: string): RequestTemplate {
  return template(lane, sessionId, 'tools/list', {});
}

export function getRequest(lane: Lane): string {
  return `GET ${lane.path} HTTP/1.1\r\n${headerLines(lane.headers)}\r\n`;
}

/** Headers of a POST on `lane`, also for requests that other clients send. */
export function postHeaders(lane: Lane, sessionId: string | undefined): Record<string, string> {
  const session = sessionId
    ? { 'mcp-session-id': sessionId, 'mcp-protocol-version': PROTOCOL_VERSION }
    : {};
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...session,
    ...lane.headers,
  };
}

function template(lane: Lane, sessionId: string, method: string, params: unknown): RequestTemplate {
  const whole = postText(lane, sessionId, { jsonrpc: '2.0', id: FIRST_ID, method, params });
  const mark = `"id":${FIRST_ID}`;
  const at = whole.indexOf(mark);
  const before = whole.slice(0, at);
  const after = whole.slice(at + mark.length);
  return {
    render(sequence) {
      const id = `"id":${FIRST_ID + sequence}`;
      return { text: before + id + after, id };
    },
  };
}

function postText(lane: Lane, sessionId: string | undefined, message: unknown): string {
  const body = JSON.stringify(message);
  const headers = headerLines({
    ...postHeaders(lane, sessionId),
    'content-length': String(body.length),
  });
  return `POST ${lane.path} HTTP/1.1\r\n${headers}\r\n${body}`;
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
