/** Runs jobs in the order they came, only so many at a time. */

export type Turns = (job: () => Promise<void>) => void;

/** A job must not reject. One that takes longer than `patienceMs` holds up the others no more. */
export function createTurns(concurrent: number, patienceMs: number): Turns {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  function next(): void {
    const job = running < concurrent ? waiting.shift() : undefined;
    if (!job) return;
    running += 1;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      running -= 1;
      next();
    };
    const timer = setTimeout(over, patienceMs).unref();
    void job().then(over);
  }

  return (job) => {
    waiting.push(job);
    next();
  };
}
