/** What servers say outside of calls, on the streams of the sessions that it concerns, and of no others. */
import type { VisibleView } from '../catalog/visible-view.ts';
import type { SessionSettings } from '../session/session-settings.ts';
import type { OpenStream, OpenStreams } from '../streams/open-streams.ts';
import { isHeard } from '../upstream/log-level.ts';
import type { ServerNews } from '../upstream/upstream.ts';

export interface ServerNewsDeps {
  readonly streams: Pick<OpenStreams, 'listening'>;
  readonly settings: Pick<SessionSettings, 'logLevel'>;
  /** What the principal behind a stream sees now; undefined when its endpoint or rules are gone. */
  viewOf(stream: OpenStream): Pick<VisibleView, 'servers'> | undefined;
}

/** False when nobody listens whom it concerns. */
export function tellSessions(deps: ServerNewsDeps, news: ServerNews): boolean {
  let isTold = false;
  for (const stream of deps.streams.listening()) {
    if (!concerns(stream, news) || !wants(deps, stream, news)) continue;
    if (!deps.viewOf(stream)?.servers.has(news.server)) continue;
    stream.notify?.(news.message);
    isTold = true;
  }
  return isTold;
}

/** As upstreams are kept apart, so is what they say (design §6a). */
function concerns({ session, claims, profile }: OpenStream, { audience }: ServerNews): boolean {
  if ('session' in audience) return session === audience.session;
  const isOfPrincipal = claims.authenticated && claims.principal === audience.principal;
  return isOfPrincipal && profile === audience.profile;
}

function wants(
  { settings }: ServerNewsDeps,
  stream: OpenStream,
  { logLevel }: ServerNews,
): boolean {
  return logLevel === undefined || isHeard(logLevel, settings.logLevel(stream.session));
}
