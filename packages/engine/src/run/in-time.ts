import { HoldfastError } from '@holdfast/core';

/**
 * Does something while the job stands still, and leaves it where it takes longer than that: a look at a file system that hangs never ends, whatever signal it
 * is given. What was left is told to end, and its outcome is nobody's any more. Rejects with HF_DUMP_TIMEOUT then, and as `work` does.
 */
export async function inTime<Result>(
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(tooLate(deadlineMs));
    over.abort();
  }, deadlineMs);
  try {
    return await Promise.race([work(AbortSignal.any([signal, over.signal])), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(deadlineMs: number): HoldfastError {
  return new HoldfastError('HF_DUMP_TIMEOUT', {
    message: `the job's files were not captured within ${deadlineMs} ms, and the job cannot stand still for longer`,
    kind: 'timeout',
    retry: 'yes',
    operation: 'capture',
    hint: 'look whether a file system of the job hangs, or the disk of its staging is too slow; raise limits.dumpTimeout where neither is so',
  });
}
