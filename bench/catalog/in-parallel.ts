/** Does the work for all items, so many at a time. Rejects with the first failure once what runs has ended. */
export async function inParallel<T>(items: Iterable<T>, atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  const ended = await Promise.allSettled(Array.from({ length: atATime }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
