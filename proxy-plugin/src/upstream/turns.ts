/** Runs jobs in the order they came, only so many at a time. */

export type Turns = (job: () => Promise<void>) => void;

/** A job must not reject. */
export function createTurns(concurrent: number): Turns {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  async function next(): Promise<void> {
    const job = running < concurrent ? waiting.shift() : undefined;
    if (!job) return;
    running += 1;
    await job();
    running -= 1;
    await next();
  }

  return (job) => {
    waiting.push(job);
    void next();
  };
}
