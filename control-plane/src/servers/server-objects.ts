/** What sets servers apart from other kinds: sealed secrets in, their names and a status out. */
import type { ObjectsDefinition } from '../configuration/objects.ts';
import { createDraftServer, type DraftServerDeps } from './draft-server.ts';
import { createPresentServer, type PresentServerDeps } from './present-server.ts';
import { SERVERS, type ServerBody, type ServerConfig, type ServerState } from './server.ts';
import type { AllServerLists } from './server-lists.ts';

interface ServerObjectsDeps extends DraftServerDeps, PresentServerDeps {
  readonly lists: Pick<AllServerLists, 'forget'>;
}

export function serverObjects(
  deps: ServerObjectsDeps,
): ObjectsDefinition<ServerConfig, ServerState, ServerBody> {
  return {
    kind: SERVERS,
    draft: createDraftServer(deps),
    present: createPresentServer(deps),
    onDeleted(name) {
      deps.lists.forget(name);
      deps.statuses.forget(name);
    },
  };
}
