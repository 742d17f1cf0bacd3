/** Where results hold URIs that clients see: the surfaces of `resource_uris: prefix`. */

/** A place in a JSON value: what to do with the members of an object, or the items of an array. */
export interface UriPath {
  readonly members?: ReadonlyMap<string, UriPath>;
  readonly items?: UriPath;
  /** A string here is a URI. */
  readonly isUri?: true;
}

export type UriMethod = 'tools/call' | 'prompts/get' | 'resources/read';

const URI: UriPath = { isUri: true };

/** A `resource_link` has the URI itself, an embedded `resource` one level down. */
const CONTENT_BLOCK = members({ uri: URI, resource: members({ uri: URI }) });
/** One block; several are read too, as sampling has them since 2025-11-25. */
const MESSAGE = members({ content: { ...CONTENT_BLOCK, items: CONTENT_BLOCK } });

/** From the root of a JSON-RPC response. Never texts, `structuredContent` or `_meta`: those are data. */
export const URI_PATHS: Readonly<Record<UriMethod, UriPath>> = {
  'tools/call': members({ result: members({ content: { items: CONTENT_BLOCK } }) }),
  'prompts/get': members({ result: members({ messages: { items: MESSAGE } }) }),
  'resources/read': members({ result: members({ contents: { items: members({ uri: URI }) } }) }),
};

export function isUriMethod(method: string): method is UriMethod {
  return Object.hasOwn(URI_PATHS, method);
}

function members(paths: Readonly<Record<string, UriPath>>): UriPath {
  return { members: new Map(Object.entries(paths)) };
}
