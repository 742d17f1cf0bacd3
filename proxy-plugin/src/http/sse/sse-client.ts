/** Clients of HTTP+SSE that have their stream at this sidecar, by the session id in their URL for messages. */
import type { Session } from '../../session/session-seal.ts';
import type { SseStream } from './sse-stream.ts';

export interface SseClient {
  readonly stream: SseStream;
  /** Whose messages it sends: the URL's session, until `initialize` opens another. */
  readonly session: Session;
  /** `initialize` has opened this session. */
  readonly adopt: (opened: Session) => void;
}

/** By the sealed id in the URL. */
export type SseClients = Map<string, SseClient>;
