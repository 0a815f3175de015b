import { spawn } from 'node:child_process';

/** Waits for the end of its input; what still writes then ends within a moment, so it looks again until nothing is left. */
const removal =
  'cat > /dev/null; for try in 1 2 3 4 5; do rm -rf -- "$@" && sleep 0.2; for one; do [ -e "$one" ] && continue 2; done; exit 0; done; exit 1';

/**
 * Gigabytes in memory must not stay when the benchmark ends, however it does: a process of its own removes the folders once this one is gone, be it by
 * SIGKILL. Disposing removes them at once.
 */
export function removeAtEnd(...folders: readonly string[]): AsyncDisposable {
  // A session of its own, so that a Ctrl-C does not end it, too.
  const remover = spawn('sh', ['-c', removal, 'sh', ...folders], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  const exited = new Promise<number | null>((resolve) => void remover.once('exit', resolve));
  return {
    async [Symbol.asyncDispose]() {
      remover.stdin.end();
      if ((await exited) !== 0) throw new Error(`${folders.join(' and ')} could not be removed`);
    },
  };
}
