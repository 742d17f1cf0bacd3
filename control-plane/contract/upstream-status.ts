/** What the sidecar knows of a server, published upward for the API's computed `status`. */

export type UpstreamHealth = 'unknown' | 'starting' | 'ready' | 'degraded' | 'down' | 'disabled';

export interface UpstreamStatus {
  readonly server: string;
  /** Revision of the server's configuration that this is about. */
  readonly revision: number;
  readonly health: UpstreamHealth;
  readonly era?: 'legacy' | 'modern';
  readonly protocolVersion?: string;
  /** `serverInfo` of the upstream. */
  readonly serverName?: string;
  readonly serverVersion?: string;
  readonly tools?: number;
  readonly prompts?: number;
  readonly resources?: number;
  /** Live upstreams: children or upstream sessions. */
  readonly upstreams: number;
  readonly pids: readonly number[];
  /** Scrubbed of secrets. */
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly nextTryAt?: number;
  /** What its operator should know of its lists, for instance that they were cut. */
  readonly warnings?: readonly string[];
  /** Last lines a stdio child wrote to stderr, scrubbed. */
  readonly stderr?: readonly string[];
}
