/** The MCP message that a REST call stands for. */
import type { ClientMessage } from '../../message/client-message.ts';

/** `id` and `args` are JSON; the arguments stay the same bytes. */
export function callMessage(id: string, tool: string, args: Buffer): ClientMessage {
  const name = JSON.stringify(tool);
  const head = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":`;
  const before = `{"name":${name},"arguments":`;
  const body = Buffer.concat([Buffer.from(head + before), args, Buffer.from('}}')]);
  const start = Buffer.byteLength(head);
  const nameStart = start + Buffer.byteLength('{"name":');
  const argsStart = start + Buffer.byteLength(before);
  return {
    body,
    method: 'tools/call',
    id: Buffer.from(id),
    params: { start, end: body.length - 1 },
    fields: new Map([
      ['name', { start: nameStart, end: nameStart + Buffer.byteLength(name) }],
      ['arguments', { start: argsStart, end: argsStart + args.length }],
    ]),
  };
}
