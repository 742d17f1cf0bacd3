/** Legacy session ids: the session itself, sealed. Never authentication, and no replica need remember it. */
import { randomBytes } from 'node:crypto';
import { seal, unseal } from './seal.ts';

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
/** Clients are poor at noticing the end of a session, so it is long; keys end much sooner. */
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

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

/** `<replica>.<sealed>`, the replica tag authenticated too. */
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
  return `${replica}.${seal(key, replica, JSON.stringify(sealed))}`;
}

/** The session behind an id; undefined when it was not made with `key` or has been tampered with. */
export function openSession(key: Buffer, sealedId: string): Session | undefined {
  const dot = sealedId.indexOf('.');
  const text = dot < 1 ? undefined : unseal(key, sealedId.slice(0, dot), sealedId.slice(dot + 1));
  if (text === undefined) return undefined;
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
