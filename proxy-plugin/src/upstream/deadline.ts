/** The time limits of one call: one without progress, which can stand still, and one in all, which never does. */

export interface TimeLimits {
  /** Milliseconds without a sign of progress. */
  readonly timeoutMs: number;
  /** Milliseconds from the start to the end; nothing extends it. */
  readonly totalMs: number;
}

export interface Deadline {
  /** The time without progress begins anew. Cheap: servers may report progress very often. */
  extend(): void;
  /** Stops the time without progress until `release` was called as often. */
  hold(): void;
  release(): void;
  clear(): void;
}

/** `expired` is called once, with the limit that was reached. */
export function startDeadline(
  { timeoutMs, totalMs }: TimeLimits,
  expired: (limit: keyof TimeLimits) => void,
): Deadline {
  const startedAt = performance.now();
  let leftMs = timeoutMs;
  let since = startedAt;
  let holds = 0;
  let isOver = false;
  let timer = setTimeout(look, Math.min(timeoutMs, totalMs));

  function look(): void {
    const now = performance.now();
    const totalLeftMs = totalMs - (now - startedAt);
    const dueMs = holds > 0 ? Number.POSITIVE_INFINITY : leftMs - (now - since);
    if (totalLeftMs <= 0) expired('totalMs');
    else if (dueMs <= 0) expired('timeoutMs');
    else timer = setTimeout(look, Math.min(dueMs, totalLeftMs));
  }

  return {
    extend() {
      leftMs = timeoutMs;
      since = performance.now();
    },
    hold() {
      holds += 1;
      if (holds === 1) leftMs -= performance.now() - since;
    },
    release() {
      holds -= 1;
      if (holds > 0 || isOver) return;
      since = performance.now();
      clearTimeout(timer);
      look();
    },
    clear() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
