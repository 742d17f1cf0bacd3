/**
 * The framed socket between the planes: one connection, many messages.
 * A frame is a 4-byte big-endian length of what follows, one type byte, and a JSON payload.
 * The decision loop forwards `calls`, `lists` and `status` by type byte without parsing them.
 */
import type { CallRecord } from './call-record.ts';
import type { ServerLists } from './lists.ts';
import type { Snapshot, SnapshotChange } from './snapshot.ts';
import type { UpstreamStatus } from './upstream-status.ts';

/** Both sides refuse a peer of another number with a clear message. */
export const CHANNEL_PROTOCOL = 1;
/** 64 MiB: a full snapshot of a large installation. A longer frame closes the connection. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** Either side sends `ping` this often; nothing heard for three times as long means the peer is gone. */
export const CHANNEL_PING_MS = 5_000;
/** A channel that is down for so long closes the open streams. */
export const CHANNEL_DOWN_CLOSES_STREAMS_MS = 30_000;

/** One ask: may this legacy call go on? Charges every matching `call` limit, all or nothing. */
export interface Ask {
  readonly id: number;
  readonly principal: string;
  readonly key?: string;
  /** Endpoint path. */
  readonly endpoint: string;
  readonly clientIp: string;
  readonly limitHeaders?: Readonly<Record<string, string>>;
  readonly method: string;
  readonly server: string;
  /** Original name; for resources the original URI. */
  readonly name: string;
}

export interface Answer {
  readonly id: number;
  readonly allowed: boolean;
  readonly reason?: 'limit_exceeded' | 'unavailable';
  /** For a person: which limit, what to do. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly rateLimit?: string;
  readonly rateLimitPolicy?: string;
}

/** What a server listed for clients of one profile, in one revision of its configuration. */
export interface ListsOfServer {
  readonly server: string;
  readonly revision: number;
  readonly profile: string;
  readonly lists: ServerLists;
}

/** Sidecar → control plane. */
export interface PluginMessages {
  readonly hello: {
    readonly protocol: number;
    readonly replica: string;
    readonly source: string;
    readonly pid: number;
    /** Version of the snapshot it still has; 0 after a start. */
    readonly version: number;
  };
  readonly acknowledge: { readonly version: number };
  readonly ask: Ask;
  readonly calls: { readonly batch: number; readonly records: readonly CallRecord[] };
  readonly lists: ListsOfServer;
  readonly status: { readonly servers: readonly UpstreamStatus[] };
  /** By metric name (`sluice_…`), perhaps with labels as Prometheus writes them. */
  readonly metrics: { readonly values: Readonly<Record<string, number>> };
  readonly synced: { readonly id: number; readonly server: string; readonly error?: string };
  readonly ping: Record<string, never>;
}

/** Control plane → sidecar. */
export interface ControlMessages {
  readonly welcome: {
    readonly protocol: number;
    /** base64url, 32 bytes each: HMAC key of decisions, AEAD key of session ids. */
    readonly decisionKey: string;
    readonly sessionKey: string;
    readonly snapshot: Snapshot;
  };
  readonly refuse: { readonly message: string };
  readonly change: SnapshotChange;
  /** The last good lists, for a sidecar that is new: the server may be down. */
  readonly lists: ListsOfServer;
  readonly answer: Answer;
  /** The records of this batch are committed, or dropped and counted: they need not be kept. */
  readonly stored: { readonly batch: number };
  /**
   * Close the open streams of these keys (by name; `*` = of every key: revocations may have been
   * missed while the channel was down) and of these secrets (as in the claims).
   */
  readonly revoke: { readonly keys: readonly string[]; readonly secrets: readonly string[] };
  readonly sync: { readonly id: number; readonly server: string };
  readonly ping: Record<string, never>;
}

export type Messages = PluginMessages & ControlMessages;
export type MessageType = keyof Messages;

const TYPES = [
  'hello',
  'acknowledge',
  'ask',
  'calls',
  'lists',
  'status',
  'metrics',
  'synced',
  'ping',
  'welcome',
  'refuse',
  'change',
  'answer',
  'stored',
  'revoke',
  'sync',
] as const satisfies readonly MessageType[];

const HEADER_BYTES = 5;

/** Bytes of one frame. */
export function encodeFrame<T extends MessageType>(type: T, message: Messages[T]): Buffer {
  return encodeRawFrame(type, Buffer.from(JSON.stringify(message)));
}

/** As `encodeFrame`, for a payload that is JSON bytes already. */
export function encodeRawFrame(type: MessageType, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(payload.length + 1, 0);
  frame[4] = TYPES.indexOf(type);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** One received frame; `payload` is parsed by `parseFrame` only when somebody wants it. */
export interface Frame {
  readonly type: MessageType;
  readonly payload: Buffer;
}

/** The message of a frame whose type is known. Throws `SyntaxError` on a payload that is not JSON. */
export function parseFrame<T extends MessageType>(
  frame: Frame & { readonly type: T },
): Messages[T] {
  return JSON.parse(frame.payload.toString()) as Messages[T];
}

/**
 * Splits a byte stream into frames. Feed chunks to the returned function.
 * Throws `RangeError` on an oversized frame or an unknown type: close the connection then.
 */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let buffered = 0;
  let needed = 4;
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    while (buffered >= needed) {
      const joined = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const end = 4 + joined.readUInt32BE(0);
      if (end - 4 > MAX_FRAME_BYTES || end < HEADER_BYTES)
        throw new RangeError(`frame of ${end - 4} bytes`);
      chunks = [joined];
      needed = end;
      if (buffered < end) return;
      const type = TYPES[joined[4] ?? -1];
      if (!type) throw new RangeError(`frame of unknown type ${joined[4]}`);
      const rest = joined.subarray(end);
      chunks = rest.length > 0 ? [rest] : [];
      buffered = rest.length;
      needed = 4;
      onFrame({ type, payload: joined.subarray(HEADER_BYTES, end) });
    }
  };
}
