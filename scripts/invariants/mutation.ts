/** One deliberate fault: a text replaced in one file, and the test files that must then fail. */

export interface Mutation {
  /** Number and words of the invariant in the design. */
  readonly invariant: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, run with `node --test`. */
  readonly tests: readonly string[];
}

/** `source` with the mutation applied. Throws when the text it looks for is not there exactly once. */
export function applyMutation(mutation: Mutation, source: string): string {
  const occurrences = source.split(mutation.find).length - 1;
  if (occurrences !== 1) {
    throw new Error(
      `${mutation.file} has ${occurrences} places like ${JSON.stringify(mutation.find)}; ` +
        `bring scripts/invariants/mutations.ts up to date (invariant: ${mutation.invariant})`,
    );
  }
  return source.replace(mutation.find, () => mutation.replace);
}
