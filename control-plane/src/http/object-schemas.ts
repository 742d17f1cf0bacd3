/** What all kinds have in common: names, labels, list queries, conditions. */
import { z } from 'zod';

export const objectName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    error: 'must be 1 to 63 lower-case letters, digits and "-", not beginning with "-"',
  })
  .describe('Chosen by you, never changes: 1 to 63 of `a-z`, `0-9` and `-`.');

export const nameParams = z.strictObject({ name: objectName });

const labelKey = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,62}$/, {
  error:
    'label names are 1 to 63 of a-z, 0-9, ".", "_", "/", "-", beginning with a letter or digit',
});
const labelValue = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not have control characters' });

export const labels = z
  .record(labelKey, labelValue)
  .refine((map) => Object.keys(map).length <= 32, { error: 'at most 32 labels' })
  .describe('Your own marks, for filters. By convention `managed-by` and `owner` say whose it is.');

/** Fields that every kind has, to be spread into its body. */
export const commonFields = {
  description: z.string().max(1000).optional().describe('For people.'),
  labels: labels.default({}),
  protected: z.boolean().default(false).describe('Refuses DELETE without `?force=true`.'),
};

/** Computed fields that every kind has. */
export const commonComputed = {
  revision: z.int().describe('Computed. Changes with every change of this object; also the ETag.'),
  created_at: z.iso.datetime().describe('Computed.'),
  updated_at: z.iso.datetime().describe('Computed. The last change.'),
  applied: z
    .boolean()
    .optional()
    .describe(
      'Only in replies to writes. True: decisions use it and the connected proxy plugins have acknowledged it. False: a second was not enough for that; it will be used as soon as they are back.',
    ),
};

export const COMPUTED_NAMES = Object.keys(commonComputed);

/** A body may repeat the name that is in the path. */
export const repeatedName = { name: objectName.optional() };

export const listQuery = z.strictObject({
  limit: z.int().min(1).max(500).default(100).describe('Most items in one reply.'),
  cursor: z.string().max(1000).optional().describe('`next_cursor` of the reply before.'),
  label: z
    .array(
      z.string().regex(/^[^=]+=.*$/, { error: 'must be name=value, such as label=team=search' }),
    )
    .default([])
    .describe('`name=value`; given several times, all must fit.'),
  name_prefix: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/, { error: 'must be the beginning of a name' })
    .optional()
    .describe('Only names that begin so.'),
});

export const writeQuery = z.strictObject({
  dry_run: z
    .boolean()
    .default(false)
    .describe('Checks everything and returns what would be, but changes nothing.'),
});

export const deleteQuery = writeQuery.extend({
  force: z.boolean().default(false).describe('Deletes it even if it is protected.'),
});

export const conditionHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('Only if the object still has this ETag; otherwise 412.'),
  'if-none-match': z
    .string()
    .optional()
    .describe('`*`: only if there is no such object yet; otherwise 412.'),
});

/** Values of the common computed fields, for examples. */
export const exampleComputed = {
  revision: 7,
  created_at: '2026-11-22T10:00:00.000Z',
  updated_at: '2026-11-22T10:05:00.000Z',
};

/** `{ items, next_cursor }` under a component id, with the item's own examples. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  const { examples = [] } = z.globalRegistry.get(item) ?? {};
  return z
    .object({
      items: z.array(item).describe('Sorted by name.'),
      next_cursor: z.string().optional().describe('Absent on the last page.'),
    })
    .meta({ id, description: 'One page of a list.', examples: [{ items: examples }] });
}

/** Of replies that carry one object. */
export const ETAG_HEADER = { ETag: 'The revision, for `If-Match`.' };
