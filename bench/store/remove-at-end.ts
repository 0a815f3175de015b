import { rmSync } from 'node:fs';

export interface FoldersToRemove extends AsyncDisposable {
  /** Returns the folder. */
  add(folder: string): string;
}

/** Gigabytes in memory must not stay when the benchmark is stopped: the folders go at its end and at a signal. */
export function removeAtEnd(): FoldersToRemove {
  const folders: string[] = [];
  const remove = (): void => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  };
  const stop = (signal: NodeJS.Signals): void => {
    remove();
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return {
    add(folder) {
      folders.push(folder);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
      remove();
    },
  };
}
