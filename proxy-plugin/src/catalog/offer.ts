/** What an endpoint says of itself in `initialize`: the union of what its servers can do and say. */
import type { Catalog } from '@sluice/contract/catalog';
import type { NamespaceView } from './catalogs.ts';

export interface Offer {
  readonly capabilities: Readonly<Record<string, object>>;
  /** '' = none. */
  readonly instructions: string;
}

/** What a server may declare, and what is then said of the endpoint: lists may change with its configuration. */
const OFFERS = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true },
  logging: {},
  completions: {},
} as const;
/** In characters. Clients put the text into a model's context. */
const LONGEST_OF_SERVER = 4_000;
const LONGEST_OF_ALL = 16_000;

/** `visible` is the catalog as the principal may see it: servers it can't use do not get a word in. */
export function offerOf({ lists, unlisted }: NamespaceView, visible: Catalog): Offer {
  const servers = [...lists.values()];
  // A server that is not listed yet may turn out to have any of them.
  const offered = Object.entries(OFFERS).filter(
    ([kind]) =>
      unlisted.length > 0 || servers.some(({ capabilities }) => capabilities[kind] !== undefined),
  );
  const capabilities: Record<string, object> = Object.fromEntries(offered);
  if (capabilities.resources && isWatchable(lists, visible)) {
    capabilities.resources = { ...capabilities.resources, subscribe: true };
  }
  return {
    capabilities,
    instructions: joinedInstructions(lists, visible),
  };
}

/** Whether any server whose resources the principal may read takes subscriptions, or may turn out to. */
function isWatchable(lists: NamespaceView['lists'], { servers }: Catalog): boolean {
  return servers.some((server) => {
    const known = lists.get(server);
    const { subscribe } = Object(known?.capabilities.resources) as { subscribe?: unknown };
    return !known || subscribe === true;
  });
}

function joinedInstructions(lists: NamespaceView['lists'], visible: Catalog): string {
  const usable = usableServers(visible);
  const texts = [...lists].flatMap(([server, { instructions }]) => {
    const text = usable.has(server) ? (instructions?.trim() ?? '') : '';
    return text === '' ? [] : [{ server, text: cut(text, LONGEST_OF_SERVER) }];
  });
  const [only, ...others] = texts;
  if (only && others.length === 0) return only.text;
  const chapters = texts.map(({ server, text }) => `## ${server}\n\n${text}`);
  return cut(chapters.join('\n\n'), LONGEST_OF_ALL);
}

function usableServers(visible: Catalog): ReadonlySet<string> {
  const entries = [visible.tools, visible.prompts, visible.resources].flatMap((kind) => [
    ...kind.values(),
  ]);
  return new Set([...entries, ...visible.templates].map(({ server }) => server));
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
