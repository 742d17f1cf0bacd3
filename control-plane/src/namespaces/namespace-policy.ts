/** A namespace as the catalog function takes it. */
import type { NamespaceRules, ToolOverride } from '@sluice/contract/snapshot';
import type { NamespaceConfig } from './namespace.ts';

export function namespacePolicy(name: string, config: NamespaceConfig): NamespaceRules {
  const uris = config.members.length > 1 ? 'prefix' : 'keep';
  return {
    name,
    members: config.members.map((member) => ({
      server: member.server,
      enabled: member.enabled,
      prefix: member.prefix ?? member.server,
      include: member.include,
      exclude: member.exclude,
      tools: Object.fromEntries(
        Object.entries(member.tools).map(([tool, override]) => [tool, withoutAbsent(override)]),
      ),
    })),
    separator: config.separator,
    maxNameLength: config.max_name_length,
    resourceUris: config.resource_uris === 'auto' ? uris : config.resource_uris,
    newTools: config.new_tools,
  };
}

/** Absent fields stay absent: `undefined` does not exist on the wire. */
function withoutAbsent(override: object): ToolOverride {
  return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
}
