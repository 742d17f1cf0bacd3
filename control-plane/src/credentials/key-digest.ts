/** The keyed digest under which API keys are stored and looked up. */
import { createHmac, createSecretKey } from 'node:crypto';

/** base64url HMAC-SHA-256 of a whole secret. */
export type KeyDigest = (secret: string) => string;

/**
 * Digests under `pepper`, the 32 bytes of `pepper.key`. Without that file a copy of the database
 * neither reveals weak imported secrets nor lets anybody plant a key.
 */
export function createKeyDigest(pepper: Uint8Array): KeyDigest {
  const key = createSecretKey(pepper);
  return (secret) => createHmac('sha256', key).update(secret).digest('base64url');
}
