/** What keys and admin keys have in common: secrets, expiry, revocation. */
import { z } from 'zod';
import type { CommonConfig } from '../configuration/kind.ts';
import { IMPORTED_SECRET_MIN_LENGTH, SECRET_MAX_LENGTH } from '../credentials/imported-secret.ts';

export const expiresAt = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2027-01-31T12:00:00Z' })
  .optional()
  .describe('Not accepted from then on. Default: never.');

/** Write-only; for keys that come from elsewhere. */
export const importedSecret = z
  .string()
  .optional()
  .meta({
    format: 'password',
    writeOnly: true,
    description: `Write-only. An existing secret to take over, from another gateway or a vault: ${IMPORTED_SECRET_MIN_LENGTH} to ${SECRET_MAX_LENGTH} printable characters, any prefix. It replaces the current one at once. Absent: nothing changes.`,
  });

/** `lineage` survives rotation, so quota and records stay together. */
export const keyState = z.object({ lineage: z.string(), revoked_at: z.int().optional() });

export type KeyState = z.output<typeof keyState>;

export interface KeyConfig extends CommonConfig {
  readonly expires_at?: string | undefined;
}

const keySecret = z
  .object({
    hint: z.string().describe('How it begins; empty for imported ones.'),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().optional().describe('End of the overlap after a rotation.'),
  })
  .meta({ id: 'KeySecret', description: 'A secret of a key; itself it is nowhere stored.' });

export const keyComputed = {
  status: z
    .enum(['active', 'expired', 'revoked', 'no_secret'])
    .describe('Computed. `no_secret`: created by PUT without one; rotate it to get one.'),
  secrets: z.array(keySecret).describe('Computed. Several during the overlap of a rotation.'),
  revoked_at: z.iso.datetime().optional().describe('Computed.'),
  last_used_at: z.iso.datetime().optional().describe('Computed; may be a few seconds late.'),
};

/** Values of these, for examples. */
export const keyExampleComputed = {
  status: 'active',
  secrets: [{ hint: 'mm_3kFq9', created_at: '2026-11-22T10:00:00.000Z' }],
};

export const shownSecret = {
  secret: z
    .string()
    .meta({ format: 'password' })
    .describe('Shown in this reply and never again; only a keyed hash is stored.'),
};

export const rotateBody = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(604_800)
      .default(86_400)
      .describe('How long the former secret goes on working. After a leak send 0.'),
  })
  .meta({ id: 'Rotation', description: 'How to rotate a key.' });
