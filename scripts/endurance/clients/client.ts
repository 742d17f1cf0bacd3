/** What the load does through every client transport: tools are called, and what comes back is told apart. */

/** `refused`: an error that says what is wrong. `unclear`: what no client could make sense of. */
export interface Reply {
  readonly kind: 'answered' | 'refused' | 'unclear';
  /** The tool's text, or why there is none. */
  readonly text: string;
}

export interface LoadClient {
  /** Rejects when the connection breaks. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<Reply>;
  /** Ends its session, or goes without a word. */
  leave(politely: boolean): Promise<void>;
}

/** `url` is the endpoint's, up to its path. Rejects when the connection breaks, or with `Refusal`. */
export type OpenClient = (url: string, key: string) => Promise<LoadClient>;

/** The gateway would not open a session. */
export class Refusal extends Error {}

/** No call of the load takes longer; what is not answered by then is a fault. */
export const LONGEST_CALL_MS = 30_000;

interface ToolResult {
  readonly isError?: boolean;
  readonly content?: readonly { readonly text?: string }[];
}

/** A `CallToolResult`. */
export function replyOf(result: unknown): Reply {
  const { isError, content } = Object(result) as ToolResult;
  const text = content?.[0]?.text;
  if (text === undefined) return { kind: 'unclear', text: JSON.stringify(result) };
  return { kind: isError ? 'refused' : 'answered', text };
}
