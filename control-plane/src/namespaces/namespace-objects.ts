/** What sets namespaces apart from other kinds: names that must not clash, a catalog in the status. */
import type { ObjectsDefinition } from '../configuration/objects.ts';
import type { AllServerLists } from '../servers/server-lists.ts';
import { draftNamespace } from './draft-namespace.ts';
import {
  NAMESPACES,
  type NamespaceBody,
  type NamespaceConfig,
  type NamespaceState,
} from './namespace.ts';
import { createPresentNamespace } from './present-namespace.ts';

export function namespaceObjects(deps: {
  readonly lists: AllServerLists;
}): ObjectsDefinition<NamespaceConfig, NamespaceState, NamespaceBody> {
  return { kind: NAMESPACES, draft: draftNamespace, present: createPresentNamespace(deps) };
}
