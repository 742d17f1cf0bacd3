/** What a namespace does with one tool or prompt of a member: show it or not, and under which name. */
import { matchesAnyGlob } from './glob.ts';
import type { NamespaceMember, NamespaceRules, ToolOverride } from './snapshot.ts';
import { fitName, visibleName } from './visible-name.ts';

type NamingRules = Pick<NamespaceRules, 'separator' | 'maxNameLength'>;

/** What the operator set on `name`. Names come from upstreams: `constructor` is one like any other. */
export function overrideOf(member: NamespaceMember, name: string): ToolOverride | undefined {
  return Object.hasOwn(member.tools, name) ? member.tools[name] : undefined;
}

/**
 * Whether `name` is in the catalog. `enabled: false` and `exclude` hide; else an override or a match
 * of `include` shows. What neither names is shown only if `include` is empty and new tools are allowed.
 */
export function isShown(
  { newTools }: Pick<NamespaceRules, 'newTools'>,
  member: NamespaceMember,
  name: string,
): boolean {
  const override = overrideOf(member, name);
  if (override?.enabled === false || matchesAnyGlob(member.exclude, name)) return false;
  if (override || matchesAnyGlob(member.include, name)) return true;
  return member.include.length === 0 && newTools === 'allow';
}

/** An override's name is the whole visible name; without one the prefix goes in front. */
export function visibleNameIn(rules: NamingRules, member: NamespaceMember, name: string): string {
  const given = overrideOf(member, name)?.name;
  if (given !== undefined) return fitName(given, rules.maxNameLength);
  const { prefix } = member;
  return visibleName({ prefix, separator: rules.separator, name }, rules.maxNameLength);
}
