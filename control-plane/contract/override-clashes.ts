/** Clashes that are certain from the configuration alone, before any server has listed anything. */
import { isShown, visibleNameIn } from './member-rules.ts';
import type { NamespaceRules } from './snapshot.ts';

export interface OverrideClash {
  readonly visibleName: string;
  /** Two or more, in member order. */
  readonly claimants: readonly OverrideClaimant[];
}

export interface OverrideClaimant {
  /** Index into `members`, for the pointer to the field. */
  readonly member: number;
  readonly server: string;
  /** Original name: the key of the override. */
  readonly name: string;
}

/** Visible names that two overrides give, or that an override takes from another tool that has one. */
export function overrideClashes(rules: NamespaceRules): readonly OverrideClash[] {
  const claimants = new Map<string, OverrideClaimant[]>();
  for (const [index, member] of rules.members.entries()) {
    if (!member.enabled) continue;
    for (const name of Object.keys(member.tools)) {
      if (!isShown(rules, member, name)) continue;
      const visibleName = visibleNameIn(rules, member, name);
      const claimant = { member: index, server: member.server, name };
      claimants.set(visibleName, [...(claimants.get(visibleName) ?? []), claimant]);
    }
  }
  return [...claimants]
    .filter(([, rivals]) => rivals.length > 1)
    .map(([visibleName, rivals]) => ({ visibleName, claimants: rivals }));
}
