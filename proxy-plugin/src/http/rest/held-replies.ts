/** Bounds the memory of replies that are held until they are whole. */

export interface HeldReplies {
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean;
  free(bytes: number): void;
  readonly bytes: number;
}

/** Two of the longest that are carried. */
const MOST_BYTES = 64 * 1024 * 1024;

export function createHeldReplies(most = MOST_BYTES): HeldReplies {
  let held = 0;
  return {
    get bytes() {
      return held;
    },
    take(bytes) {
      if (held + bytes > most) return false;
      held += bytes;
      return true;
    },
    free(bytes) {
      held -= bytes;
    },
  };
}
