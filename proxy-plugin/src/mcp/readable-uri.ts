/** The URI under which a principal may read what it is subscribed to: asked for anew with all news. */
import { toVisibleUri } from '@sluice/contract/resource-uri';
import type { OpenStream } from '../streams/open-streams.ts';
import { findTarget } from './find-target.ts';
import { placeOf } from './place-of.ts';
import type { Wish } from './subscriptions.ts';
import type { DataPath } from './turn.ts';

/** `uri` is the original one of the resource or of a part of it. Undefined when the principal may not read it now. */
export function readableUri(
  { snapshot, catalogs }: Pick<DataPath, 'snapshot' | 'catalogs'>,
  stream: OpenStream,
  { visibleUri, server, name }: Wish,
  uri: string,
): string | undefined {
  const place = placeOf(snapshot.value, stream);
  if (!place || stream.profile === undefined) return undefined;
  const { catalog } = catalogs.known(place.namespace, stream.profile);
  const found = findTarget(catalog, place.rules, 'resources/read', visibleUri);
  const isSame = found.target?.server === server && found.target.name === name;
  return found.allowed && isSame ? toVisibleUri(catalog.resourceUris, server, uri) : undefined;
}
