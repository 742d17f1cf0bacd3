/** A call of the control-plane API and what came back. */

export interface ApiCall {
  readonly method: string;
  /** With query: `/api/v1/calls?limit=20`. */
  readonly apiPath: string;
  readonly body?: unknown;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, text otherwise; undefined when there is none. */
  readonly body: unknown;
}
