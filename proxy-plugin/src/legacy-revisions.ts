/** The protocol revisions of the legacy era, what is peculiar to some, and how a client's wish is met. */

export const LATEST_LEGACY_REVISION = '2025-11-25';
/** The one that HTTP+SSE is of. */
export const FIRST_LEGACY_REVISION = '2024-11-05';
/** The only one with JSON-RPC batches. */
export const BATCH_REVISION = '2025-03-26';
/** The first whose clients know an event without data, which gives them an id to come back with. */
export const PRIMED_REVISION = '2025-11-25';
/** Before the first one: some old servers still speak it, no client does. */
export const PRELIMINARY_REVISION = '2024-10-07';
const LEGACY_REVISIONS = [
  FIRST_LEGACY_REVISION,
  BATCH_REVISION,
  '2025-06-18',
  LATEST_LEGACY_REVISION,
];

/** The revision to speak with a client that asked for `wanted`: that one, or the latest we have. */
export function negotiatedRevision(wanted: unknown): string {
  return LEGACY_REVISIONS.find((revision) => revision === wanted) ?? LATEST_LEGACY_REVISION;
}

export function isLegacyRevision(revision: string): boolean {
  return LEGACY_REVISIONS.includes(revision);
}

export function legacyRevisions(): readonly string[] {
  return LEGACY_REVISIONS;
}
