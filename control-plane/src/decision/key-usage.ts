/** When each key was last used, reported now and then rather than written on each request. */

export interface KeyUsage {
  /** `time` in Unix milliseconds. */
  note(key: string, time: number): void;
  /** What was noted since the last call, or undefined when nothing was. */
  drain(): Readonly<Record<string, number>> | undefined;
}

export function createKeyUsage(): KeyUsage {
  let lastUsed = new Map<string, number>();
  return {
    note: (key, time) => lastUsed.set(key, time),
    drain() {
      if (lastUsed.size === 0) return undefined;
      const drained = Object.fromEntries(lastUsed);
      lastUsed = new Map();
      return drained;
    },
  };
}
