/** The end of a session that its client wants: every part that keeps something of it lets go. */
import type { Session } from '../session/session-seal.ts';
import type { Upstreams } from '../upstream/upstream.ts';
import type { DataPath } from './turn.ts';

export interface EndSessionDeps
  extends Pick<
    DataPath,
    'sessions' | 'sessionSettings' | 'subscriptions' | 'streams' | 'resumable' | 'listChanges'
  > {
  readonly upstreams: Pick<Upstreams, 'endSession'>;
}

export function endSession(path: EndSessionDeps, session: Session): void {
  const { id } = session;
  path.sessions.end(session);
  path.sessionSettings.end(id);
  path.subscriptions.end(id);
  path.streams.closeWhere((stream) => stream.session === id);
  path.resumable.endSession(id);
  path.listChanges.forget(id);
  path.upstreams.endSession(id);
}
