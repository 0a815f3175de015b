import { stat } from 'node:fs/promises';

/** A CRIU that goes wrong can write gigabytes in a minute: beyond this it is not a log any more. */
const logLimitBytes = 64 * 1024 * 1024;

/** Looks at a log's size from time to time and calls back once when it is beyond the limit. */
export function watchLog(
  path: string,
  onOverflow: () => void,
  options: { readonly everyMs?: number; readonly limitBytes?: number } = {},
): Disposable {
  const { everyMs = 250, limitBytes = logLimitBytes } = options;
  const timer = setInterval(() => {
    stat(path).then(
      ({ size }) => {
        if (size <= limitBytes) return;
        clearInterval(timer);
        onOverflow();
      },
      () => undefined,
    );
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
