/** A database that can't be used at start. */

/** The message names the file and says what to do; nothing was overwritten. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
