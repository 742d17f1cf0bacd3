/** Waits for a condition, never for a time. */
import { setTimeout } from 'node:timers/promises';

const PATIENCE_MS = 10_000;

/** The first value of `look` that is neither undefined nor false. Rejects naming `what` after ten seconds. */
export async function eventually<T>(look: () => T | undefined | false, what: string): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await setTimeout(2);
  }
}
