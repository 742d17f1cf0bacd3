/** A small namespace that tests vary: one member `git`, nothing special set. */
import type { ServerLists } from '../lists.ts';
import type { NamespaceMember, NamespaceRules } from '../snapshot.ts';

export function sampleMember(some: Partial<NamespaceMember> = {}): NamespaceMember {
  const server = some.server ?? 'git';
  return { server, enabled: true, prefix: server, include: [], exclude: [], tools: {}, ...some };
}

export function sampleRules(some: Partial<NamespaceRules> = {}): NamespaceRules {
  return {
    name: 'dev',
    members: [sampleMember()],
    separator: '__',
    maxNameLength: 64,
    resourceUris: 'prefix',
    newTools: 'allow',
    ...some,
  };
}

export function sampleLists(some: Partial<ServerLists> = {}): ServerLists {
  return { tools: [], prompts: [], resources: [], templates: [], capabilities: {}, ...some };
}

/** Lists with nothing but tools of these names. */
export function toolLists(...names: readonly string[]): ServerLists {
  return sampleLists({ tools: names.map((name) => ({ name })) });
}
