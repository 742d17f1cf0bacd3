/** A namespace as the API shows it, with what its catalog looks like from here. */
import type { Clash } from '@sluice/contract/claims';
import type { Stored } from '../configuration/kind.ts';
import { type Presented, presentCommon } from '../configuration/objects.ts';
import type { AllServerLists } from '../servers/server-lists.ts';
import type { Reader } from '../storage/configuration-database.ts';
import { type CurrentCatalog, currentCatalog } from './current-catalog.ts';
import type { NamespaceConfig, NamespaceState, NamespaceStatus } from './namespace.ts';

export function createPresentNamespace({ lists }: { readonly lists: AllServerLists }) {
  return async (
    object: Stored<NamespaceConfig, NamespaceState>,
    db: Reader,
  ): Promise<Presented> => ({
    ...presentCommon(object),
    status: presentStatus(await currentCatalog(object, lists, db)),
  });
}

function presentStatus({ catalog, unknownServers }: CurrentCatalog): NamespaceStatus {
  return {
    tools: catalog.tools.size,
    prompts: catalog.prompts.size,
    resources: catalog.resources.size,
    unknown_servers: [...unknownServers],
    clashes: catalog.clashes.map(presentClash),
  };
}

export function presentClash({ kind, visibleName, claimants }: Clash): ShownClash {
  return {
    kind,
    visible_name: visibleName,
    claimants: claimants.map(({ server, name }) => `${server}/${name}`),
  };
}

type ShownClash = NamespaceStatus['clashes'][number];
