/** URIs that clients see: reversible, so that any replica finds the server without memory. */

export type UriMode = 'prefix' | 'keep';

export interface OriginalUri {
  readonly server: string;
  readonly uri: string;
}

/** Hosts of MCP Apps require this scheme, so it stays in front. */
const UI_SCHEME = 'ui://';

/**
 * `<server>+<uri>`, and `ui://<server>+<rest>` for `ui://<rest>`. With `keep` the URI as it is.
 * Works on URI templates too: what stands before the template is literal text (RFC 6570 §2.1).
 */
export function toVisibleUri(mode: UriMode, server: string, uri: string): string {
  if (mode === 'keep') return uri;
  if (uri.startsWith(UI_SCHEME)) return `${UI_SCHEME}${server}+${uri.slice(UI_SCHEME.length)}`;
  return `${server}+${uri}`;
}

/**
 * Undoes `toVisibleUri`; undefined when no server of `servers` is named. With `keep` the only server
 * there is; where there are several, the URI alone does not say (see `findResource`).
 * `<server>+ui://…` is understood as well: templates such as `{+uri}` expand to it.
 */
export function toOriginalUri(
  mode: UriMode,
  servers: readonly string[],
  visibleUri: string,
): OriginalUri | undefined {
  if (mode === 'keep') {
    const [only, ...others] = servers;
    return only !== undefined && others.length === 0
      ? { server: only, uri: visibleUri }
      : undefined;
  }
  const scheme = visibleUri.startsWith(UI_SCHEME) ? UI_SCHEME : '';
  const plus = visibleUri.indexOf('+', scheme.length);
  const server = visibleUri.slice(scheme.length, Math.max(plus, scheme.length));
  if (!servers.includes(server)) return undefined;
  return { server, uri: scheme + visibleUri.slice(plus + 1) };
}

/**
 * A tool definition whose MCP Apps view (`_meta.ui.resourceUri`, and the flat `_meta["ui/resourceUri"]`
 * of older hosts) has its visible URI; everything else as it was.
 */
export function withVisibleAppUri<T extends { readonly [field: string]: unknown }>(
  definition: T,
  toVisible: (uri: string) => string,
): T {
  const meta = definition._meta;
  if (!isObject(meta)) return definition;
  const changed: Record<string, unknown> = {};
  if (isObject(meta.ui) && typeof meta.ui.resourceUri === 'string') {
    changed.ui = { ...meta.ui, resourceUri: toVisible(meta.ui.resourceUri) };
  }
  const flat = meta['ui/resourceUri'];
  if (typeof flat === 'string') changed['ui/resourceUri'] = toVisible(flat);
  return Object.keys(changed).length > 0
    ? { ...definition, _meta: { ...meta, ...changed } }
    : definition;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
