/** What one upstream listed, as it came: unknown fields are kept. */

export interface ListedTool {
  readonly name: string;
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}
export interface ListedPrompt {
  readonly name: string;
  readonly [field: string]: unknown;
}
export interface ListedResource {
  readonly uri: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}
export interface ListedTemplate {
  readonly uriTemplate: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The profile of a client that can do nothing for a server: REST, and the gateway's own requests. */
export const EMPTY_PROFILE = '{}';

/** The last good lists of one server, for one capability profile of clients. */
export interface ServerLists {
  readonly tools: readonly ListedTool[];
  readonly prompts: readonly ListedPrompt[];
  readonly resources: readonly ListedResource[];
  readonly templates: readonly ListedTemplate[];
  /** Capabilities the upstream declared in `initialize`. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** `instructions` of the upstream, if any. */
  readonly instructions?: string;
}
