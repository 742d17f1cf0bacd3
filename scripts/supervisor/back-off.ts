/** How long to wait before a process is started again. Grows with each crash, forgets after a quiet while, never gives up. */

export const FIRST_DELAY_MS = 100;
export const LONGEST_DELAY_MS = 10_000;
/** A process that lived so long has recovered: its next crash counts as the first. */
export const RECOVERED_AFTER_MS = 30_000;

/** Returns a function from the milliseconds a process was alive to the milliseconds to wait now. */
export function createBackOff(): (aliveMs: number) => number {
  let delayMs = FIRST_DELAY_MS;
  return (aliveMs) => {
    if (aliveMs >= RECOVERED_AFTER_MS) delayMs = FIRST_DELAY_MS;
    const nowMs = delayMs;
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    return nowMs;
  };
}
