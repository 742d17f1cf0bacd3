/** The tools of the reference server, under the names that the conformance suite calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type {
  CallToolRequest,
  CallToolResult,
  ContentBlock,
  ServerNotification,
  ServerRequest,
  Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { DEFAULTS, ENUMS, USER } from './elicitation-schemas.ts';
import { PNG, WAV } from './samples.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;
type Arguments = Readonly<Record<string, unknown>>;
type ToolBody = (server: Server, args: Arguments, extra: Extra) => Promise<ContentBlock[]>;

interface ReferenceTool {
  readonly description: string;
  /** Names of its arguments, each a string that it needs. */
  readonly arguments: readonly string[];
  readonly run: ToolBody;
}

const STEP_MS = 50;

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const image: ContentBlock = { type: 'image', data: PNG, mimeType: 'image/png' };
const resource = (uri: string, mimeType: string, words: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType, text: words },
});

function constant(description: string, ...content: ContentBlock[]): ReferenceTool {
  return { description, arguments: [], run: async () => content };
}

/** Asks the caller for a form, on the stream of the call. */
function asking(description: string, schema: typeof USER, ...args: string[]): ReferenceTool {
  return {
    description,
    arguments: args,
    async run(server, { message = 'Please fill in the form' }, { requestId }) {
      const form = { message: String(message), requestedSchema: schema };
      const reply = await server.elicitInput(form, { relatedRequestId: requestId });
      const content = JSON.stringify(reply.content ?? {});
      return [text(`Elicitation completed: action=${reply.action}, content=${content}`)];
    },
  };
}

async function log(_: Server, __: Arguments, extra: Extra): Promise<ContentBlock[]> {
  for (const data of ['Tool execution started', 'Tool processing data']) {
    await extra.sendNotification({
      method: 'notifications/message',
      params: { level: 'info', data },
    });
    await sleep(STEP_MS);
  }
  await extra.sendNotification({
    method: 'notifications/message',
    params: { level: 'info', data: 'Tool execution completed' },
  });
  return [text('Three messages were logged')];
}

async function progress(_: Server, __: Arguments, extra: Extra): Promise<ContentBlock[]> {
  const progressToken = extra._meta?.progressToken;
  for (const done of [0, 50, 100]) {
    if (done > 0) await sleep(STEP_MS);
    if (progressToken === undefined) continue;
    const params = { progressToken, progress: done, total: 100 };
    await extra.sendNotification({ method: 'notifications/progress', params });
  }
  return [text('Done in three steps')];
}

async function sample(
  server: Server,
  { prompt }: Arguments,
  { requestId }: Extra,
): Promise<ContentBlock[]> {
  const content = { type: 'text' as const, text: String(prompt) };
  const reply = await server.createMessage(
    { messages: [{ role: 'user', content }], maxTokens: 100 },
    { relatedRequestId: requestId },
  );
  return [text(`LLM response: ${reply.content.type === 'text' ? reply.content.text : ''}`)];
}

const TOOLS: Readonly<Record<string, ReferenceTool>> = {
  test_simple_text: constant(
    'Answers with a text',
    text('This is a simple text response for testing.'),
  ),
  test_image_content: constant('Answers with an image', image),
  test_audio_content: constant('Answers with a sound', {
    type: 'audio',
    data: WAV,
    mimeType: 'audio/wav',
  }),
  test_embedded_resource: constant(
    'Answers with a resource',
    resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  ),
  test_multiple_content_types: constant(
    'Answers with a text, an image and a resource',
    text('Multiple content types test:'),
    image,
    resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ),
  test_tool_with_logging: { description: 'Logs as it runs', arguments: [], run: log },
  test_tool_with_progress: { description: 'Tells how far it is', arguments: [], run: progress },
  test_error_handling: {
    description: 'Fails',
    arguments: [],
    run: () => Promise.reject(new Error('This tool intentionally returns an error for testing')),
  },
  test_sampling: { description: "Asks the client's model", arguments: ['prompt'], run: sample },
  test_elicitation: asking('Asks the user', USER, 'message'),
  test_elicitation_sep1034_defaults: asking('Asks with defaults', DEFAULTS),
  test_elicitation_sep1330_enums: asking('Asks for choices', ENUMS),
};

/** As `tools/list` shows them. */
export function toolList(): Tool[] {
  return Object.entries(TOOLS).map(([name, { description, arguments: required }]) => ({
    name,
    description,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(required.map((argument) => [argument, { type: 'string' }])),
      required: [...required],
    },
  }));
}

/** Runs a tool; what it throws is its result. */
export async function callTool(
  server: Server,
  { name, arguments: args = {} }: CallToolRequest['params'],
  extra: Extra,
): Promise<CallToolResult> {
  try {
    const tool = TOOLS[name];
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    return { content: await tool.run(server, args, extra) };
  } catch (error) {
    return { isError: true, content: [text(error instanceof Error ? error.message : 'failed')] };
  }
}
