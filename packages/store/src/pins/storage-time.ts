import { join } from 'node:path';
import { temporaryName } from '../files/names.js';
import { removeIfThere, writeNewFile } from '../files/whole-files.js';
import type { StoreContext } from '../repository/store-context.js';

/**
 * The storage's own time, asked for once and only where it is needed: ages of files are judged by the clock that gave them their times, so that a machine
 * whose clock is wrong removes nothing too early.
 */
export class StorageTime {
  readonly #context: StoreContext;
  readonly #directory: string;
  #now: Promise<number> | undefined;

  /** `directory` must exist: a file is made there and removed again. */
  constructor(context: StoreContext, directory: string) {
    this.#context = context;
    this.#directory = directory;
  }

  async isOlder(modifiedMs: number, ageMs: number): Promise<boolean> {
    if (ageMs <= 0) return true;
    this.#now ??= this.#ask();
    return (await this.#now) - modifiedMs >= ageMs;
  }

  async #ask(): Promise<number> {
    const { files } = this.#context;
    const path = temporaryName(join(this.#directory, 'time'));
    try {
      await writeNewFile(files, path, [Buffer.from('\n')], undefined);
      return (await files.inspect(path)).modifiedMs;
    } finally {
      await removeIfThere(files, path).catch(() => false);
    }
  }
}
