/** Keys derived from `secrets.key`: one per use, so that none can stand in for another. */
import { hkdfSync } from 'node:crypto';

const LABELS = {
  /** HMAC of the decision header. */
  decision: 'sluice decision v1',
  /** AEAD of legacy session ids. */
  session: 'sluice session v1',
  /** AEAD of upstream credentials at rest. */
  sealing: 'sluice sealing v1',
  /** MAC of the API's cursors. */
  cursor: 'sluice cursor v1',
} as const;

/** 32 bytes for one use (HKDF-SHA-256, RFC 5869). The labels are part of the stored format. */
export function deriveKey(secretsKey: Uint8Array, use: keyof typeof LABELS): Buffer {
  return Buffer.from(hkdfSync('sha256', secretsKey, '', LABELS[use], 32));
}
