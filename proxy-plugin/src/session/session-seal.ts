/** Legacy session ids: the session itself, sealed. Never authentication, and no replica need remember it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Session {
  /** Random, constant over the session's life: upstreams of isolation `session` are kept under it. */
  readonly id: string;
  readonly principal: string;
  /** False on an open endpoint: whoever has the id then has the session. */
  readonly authenticated: boolean;
  /** Path of the endpoint. */
  readonly endpoint: string;
  /** Negotiated protocol revision. */
  readonly revision: string;
  /** Canonical JSON of the capabilities that upstreams are told of. */
  readonly profile: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Clients are poor at noticing the end of a session, so it is long; keys end much sooner. */
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;
/** Longer ids were not made here. */
const MAX_SEALED = 2048;

type Sealed = readonly [
  format: number,
  id: string,
  principal: string,
  authenticated: 0 | 1,
  endpoint: string,
  revision: string,
  profile: string,
  expiresAt: number,
];

/** `<replica>.<base64url of iv, ciphertext and tag>`: AES-256-GCM, the replica tag authenticated too. */
export function sealSession(key: Buffer, replica: string, session: Session): string {
  const sealed: Sealed = [
    FORMAT,
    session.id,
    session.principal,
    session.authenticated ? 1 : 0,
    session.endpoint,
    session.revision,
    session.profile,
    session.expiresAt,
  ];
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(replica));
  const text = Buffer.concat([cipher.update(JSON.stringify(sealed)), cipher.final()]);
  return `${replica}.${Buffer.concat([iv, text, cipher.getAuthTag()]).toString('base64url')}`;
}

/** The session behind an id; undefined when it was not made with `key` or has been tampered with. */
export function openSession(key: Buffer, sealedId: string): Session | undefined {
  const dot = sealedId.indexOf('.');
  if (dot < 1 || sealedId.length > MAX_SEALED) return undefined;
  const bytes = Buffer.from(sealedId.slice(dot + 1), 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  // One spelling only: an id that decodes to the same bytes is another id.
  if (bytes.toString('base64url') !== sealedId.slice(dot + 1)) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(sealedId.slice(0, dot)))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  let text: string;
  try {
    text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8');
    text += decipher.final('utf8');
  } catch {
    return undefined;
  }
  const [format, id, principal, authenticated, endpoint, revision, profile, expiresAt] = JSON.parse(
    text,
  ) as Sealed;
  if (format !== FORMAT) return undefined;
  return {
    id,
    principal,
    authenticated: authenticated === 1,
    endpoint,
    revision,
    profile,
    expiresAt,
  };
}

/** A fresh session id: 128 random bits. */
export function newSessionId(): string {
  return randomBytes(16).toString('base64url');
}
