/** Waits for a condition, never for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Polls `condition` until it gives something truthy and resolves with that. A condition that throws
 * has not come true yet. Throws after `withinMs` with `what` was awaited and the last error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  what: string,
  withinMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const because = cause instanceof Error ? `: ${cause.message}` : '';
      throw new Error(`waited ${withinMs} ms in vain for ${what}${because}`, { cause });
    }
    await sleep(POLL_MS);
  }
}
