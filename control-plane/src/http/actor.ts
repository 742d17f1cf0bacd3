/** Who calls the control-plane API, and what each scope includes. */

export const SCOPES = ['viewer', 'editor', 'owner'] as const;
/** Each includes those before it. */
export type Scope = (typeof SCOPES)[number];

export interface Actor {
  /** Name of the admin key; `anonymous` on public routes, `system` for the gateway itself. */
  readonly name: string;
  readonly scope: Scope | 'none';
}

export const ANONYMOUS: Actor = { name: 'anonymous', scope: 'none' };

/** Whether somebody with scope `held` may do what needs `needed`. */
export function includesScope(held: Actor['scope'], needed: Scope): boolean {
  return held !== 'none' && SCOPES.indexOf(held) >= SCOPES.indexOf(needed);
}
