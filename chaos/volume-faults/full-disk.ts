import { appendFile, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A disk that has no room: whatever the cache's owner gives back, to make room for itself, is taken at once. */
export class FullDisk {
  readonly #directory: string;
  readonly #logFile: string;
  #ended = new AbortController();
  #filling: Promise<void> = Promise.resolve();
  #logLength = 0;

  /** `logFile` is that of the client whose cache lies there. */
  constructor(directory: string, logFile: string) {
    this.#directory = directory;
    this.#logFile = logFile;
  }

  async begin(): Promise<void> {
    this.#logLength = (await readFile(this.#logFile, 'utf8')).length;
    this.#ended = new AbortController();
    await this.#take();
    this.#filling = this.#fill();
  }

  /** Throws where the client never met it. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#filling;
    await rm(this.#filler);
    const said = (await readFile(this.#logFile, 'utf8')).slice(this.#logLength);
    if (!said.includes('no space left on device')) throw new Error(`${this.#directory} was full, and its client did not meet it`);
  }

  get #filler(): string {
    return join(this.#directory, 'filler');
  }

  async #fill(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await delay(20);
      await this.#take();
    }
  }

  async #take(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    await appendFile(this.#filler, Buffer.alloc(bavail * bsize)).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    });
  }
}
