export interface LastingSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborted once `signal` has been for so long: what would be left half told otherwise gets that time to end. */
export function lastingSignal(signal: AbortSignal, graceMs: number): LastingSignal {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(), graceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
