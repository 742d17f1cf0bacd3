/** What the upstream lists and answers. */

/** Makes a reply about 1 kB. */
export const REPLY_TEXT = 'the quick brown fox jumps over the lazy dog '.repeat(21);

const lists = new Map<number, string>();

/** The names of a server with `count` tools, in the order listed. */
export function toolNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `tool_${String(index).padStart(3, '0')}`);
}

/** The result of `tools/list` as JSON. */
export function toolListText(count: number): string {
  const known = lists.get(count);
  if (known !== undefined) return known;
  const text = JSON.stringify({ tools: toolNames(count).map(describeTool) });
  lists.set(count, text);
  return text;
}

function describeTool(name: string): unknown {
  return {
    name,
    title: `The tool ${name}`,
    description: 'Takes a text and answers with another one that has about the same length.',
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'Any text.' },
        limit: { type: 'integer', minimum: 1, maximum: 100, description: 'At most so many.' },
      },
      required: ['text'],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
}
