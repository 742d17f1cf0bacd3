/** A time limit that stands still while somebody else is waited for. */

export interface Deadline {
  /** Stops the clock until `release` was called as often. */
  hold(): void;
  release(): void;
  clear(): void;
}

/** `expired` is called once, after `timeoutMs` in which nobody held it. */
export function startDeadline(timeoutMs: number, expired: () => void): Deadline {
  let leftMs = timeoutMs;
  let holds = 0;
  let since = performance.now();
  let timer = setTimeout(expired, leftMs);
  let isOver = false;
  return {
    hold() {
      holds += 1;
      if (holds > 1) return;
      clearTimeout(timer);
      leftMs -= performance.now() - since;
    },
    release() {
      holds -= 1;
      if (holds > 0 || isOver) return;
      since = performance.now();
      timer = setTimeout(expired, Math.max(leftMs, 0));
    },
    clear() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
