export interface EachOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `work` for every item, at most `concurrency` at a time. On the first failure, or when the signal aborts, no further item is begun;
 * rejects with that failure once everything in flight has ended.
 */
export async function eachBounded<T>(items: Iterable<T>, { concurrency, signal }: EachOptions, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined) {
      try {
        signal?.throwIfAborted();
        const next = iterator.next();
        if (next.done === true) return;
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failure !== undefined) throw failure.error;
}
