/** Many things to do, a few at a time. */

/** What `run` makes of each of `items`, in their order, with `atOnce` under way at most. Rejects as the first that does. */
export async function eachOf<T, R>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const work = async () => {
    // One iterator for all workers: each takes what nobody has taken.
    for (const [at, item] of left) results[at] = await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
