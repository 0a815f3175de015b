/**
 * The promise, or the signal's reason where that comes first and `mayStop` then says so; what was begun ends by itself, and nobody hears of it.
 */
export async function until<T>(signal: AbortSignal | undefined, promise: Promise<T>, mayStop: () => boolean = () => true): Promise<T> {
  if (signal === undefined) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      if (mayStop()) reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
