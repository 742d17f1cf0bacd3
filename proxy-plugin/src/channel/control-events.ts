/** Each message of the control plane, and who acts on it. */
import type { CallOutbox } from '../calls/call-outbox.ts';
import type { RequestVerifier } from '../enforcement/verify-request.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { Channel, ChannelEvents } from './channel-client.ts';
import type { Published } from './published.ts';

export interface ControlEventsDeps {
  readonly path: Pick<
    DataPath,
    | 'snapshot'
    | 'sessions'
    | 'listCursors'
    | 'asks'
    | 'streams'
    | 'upstreams'
    | 'catalogs'
    | 'listChanges'
  >;
  readonly verifier: RequestVerifier;
  readonly outbox: CallOutbox;
  readonly published: Published;
  readonly send: Channel['send'];
}

export function controlEvents(deps: ControlEventsDeps): ChannelEvents {
  const { path, verifier, outbox, published, send } = deps;
  const { snapshot, sessions, listCursors, asks, streams } = path;
  const acknowledge = () => send('acknowledge', { version: snapshot.value.version });
  return {
    welcome(message) {
      verifier.useKey(Buffer.from(message.decisionKey, 'base64url'));
      const sessionKey = Buffer.from(message.sessionKey, 'base64url');
      sessions.useKey(sessionKey);
      listCursors.useKey(sessionKey);
      snapshot.replace(message.snapshot);
      acknowledge();
      published.repeat();
      outbox.resend();
    },
    change(change) {
      snapshot.apply(change);
      acknowledge();
    },
    lists({ server, revision, lists }) {
      path.catalogs.remember(server, revision, lists);
      path.listChanges.mayHaveChanged();
    },
    answer: (answer) => asks.answer(answer),
    stored: ({ batch }) => outbox.stored(batch),
    revoke: ({ keys, secrets }) => streams.revoke(keys, secrets),
    async sync({ id, server }) {
      const error = await syncServer(path, server);
      send('synced', { id, server, ...(error !== undefined && { error }) });
    },
    lost: () => asks.failAll(),
    downTooLong: () => streams.closeWhere(() => true),
  };
}

/** Why the server could not be started and listed; undefined when it was. */
async function syncServer(
  { snapshot, upstreams }: Pick<DataPath, 'snapshot' | 'upstreams'>,
  name: string,
): Promise<string | undefined> {
  const server = snapshot.value.servers[name];
  if (!server) return `There is no server "${name}".`;
  if (!server.enabled) return `Server "${name}" is not enabled.`;
  try {
    await upstreams.sync(server);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
