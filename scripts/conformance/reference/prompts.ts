/** The prompts of the reference server, under the names that the conformance suite asks for. */
import {
  ErrorCode,
  type GetPromptResult,
  McpError,
  type Prompt,
} from '@modelcontextprotocol/sdk/types.js';
import { PNG } from './samples.ts';

type Arguments = Readonly<Record<string, string>>;
type Content = GetPromptResult['messages'][number]['content'];

interface ReferencePrompt {
  readonly description: string;
  /** Names of its arguments, each one needed. */
  readonly arguments: readonly string[];
  readonly say: (args: Arguments) => Content[];
}

const text = (words: string): Content => ({ type: 'text', text: words });

const PROMPTS: Readonly<Record<string, ReferencePrompt>> = {
  test_simple_prompt: {
    description: 'A text',
    arguments: [],
    say: () => [text('This is a simple prompt for testing.')],
  },
  test_prompt_with_arguments: {
    description: 'A text with its arguments in it',
    arguments: ['arg1', 'arg2'],
    say: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  },
  test_prompt_with_embedded_resource: {
    description: 'A resource and a text',
    arguments: ['resourceUri'],
    say: ({ resourceUri = '' }) => [
      {
        type: 'resource',
        resource: {
          uri: resourceUri,
          mimeType: 'text/plain',
          text: 'Embedded resource content for testing.',
        },
      },
      text('Please process the embedded resource above.'),
    ],
  },
  test_prompt_with_image: {
    description: 'An image and a text',
    arguments: [],
    say: () => [
      { type: 'image', data: PNG, mimeType: 'image/png' },
      text('Please analyze the image above.'),
    ],
  },
};

/** As `prompts/list` shows them. */
export function promptList(): Prompt[] {
  return Object.entries(PROMPTS).map(([name, { description, arguments: names }]) => ({
    name,
    description,
    arguments: names.map((argument) => ({
      name: argument,
      description: `The ${argument} of the prompt`,
      required: true,
    })),
  }));
}

/** Throws -32602 when there is no such prompt. */
export function getPrompt(name: string, args: Arguments): GetPromptResult {
  const prompt = PROMPTS[name];
  if (prompt === undefined)
    throw new McpError(ErrorCode.InvalidParams, `there is no prompt ${name}`);
  return { messages: prompt.say(args).map((content) => ({ role: 'user', content })) };
}
