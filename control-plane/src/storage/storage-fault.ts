/** Tells apart what can go wrong with a database at work; the only place that knows SQLite's codes. */

export type StorageFault = 'full' | 'unavailable';

/** The fault behind `error`, or undefined if it is something else, such as a bug. */
export function storageFault(error: unknown): StorageFault | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return 'full';
  if (/^SQLITE_(IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB)/.test(code)) {
    return 'unavailable';
  }
  return undefined;
}

/** Whether `error`, or what caused it, is a file that is no sound database. */
export function isDamaged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code) || isDamaged(error.cause);
}
