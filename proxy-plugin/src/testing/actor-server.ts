/** A stdio server whose tools do as their names say, for tests of whole calls. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { StandIns } from '../upstream/testing/stand-in.ts';

/**
 * `echo` shows the line it got, with fields that no protocol knows. `slow` never answers; `progress`
 * does after one notification, `later` 300 ms after one, `drip` sends one and never answers.
 */
const SCRIPT = `
const names = ['echo', 'write', 'slow', 'drip', 'later', 'progress', 'big', 'crash', 'fail', 'link'];
const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
const lists = {
  'prompts/list': { prompts: [{ name: 'hello' }] },
  'resources/list': { resources: [{ uri: 'file:///a', name: 'a' }] },
  'resources/templates/list': { resourceTemplates: [] },
};
const progress = ({ progressToken }) =>
  send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
const echo = (id, line) =>
  process.stdout.write(
    '{"future":{"kept":1.50},"result":{"content":[{"type":"text","text":' +
      JSON.stringify(line) + ',"new":[1]}],"x":"\\\\u00e4"},"id":' + id + ',"jsonrpc":"2.0"}\\n');
serve(({ id, method, params = {} }, line) => {
  const { name, uri, arguments: args, _meta } = params;
  if (lists[method]) return reply(id, lists[method]);
  if (method === 'resources/read') return reply(id, { contents: [{ uri, text: uri }] });
  if (method === 'prompts/get') {
    return reply(id, { messages: [{ role: 'user', content: { type: 'text', text: name } }] });
  }
  if (id === undefined || name === 'slow') return;
  if (name === 'crash') process.exit(1);
  if (name === 'fail') return reply(id, { content: [], isError: true });
  if (name === 'big') return text(id, 'x'.repeat(args.size));
  if (name === 'link') {
    return reply(id, { content: [{ type: 'resource_link', uri: 'file:///a', name: 'a' }] });
  }
  if (['progress', 'later', 'drip'].includes(name)) progress(_meta);
  if (name === 'later') return setTimeout(echo, 300, id, line);
  if (name !== 'drip') echo(id, line);
}, { tools: () => tools, capabilities: { tools: {}, resources: {}, prompts: {} } });
`;

/** How long the gateway waits for `slow`. */
export const ACTOR_TIMEOUT_MS = 1_000;

export function writeActor(standIns: StandIns): Promise<ServerRuntime> {
  return standIns.write('actor', SCRIPT, { requestTimeoutMs: ACTOR_TIMEOUT_MS });
}
