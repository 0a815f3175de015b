import type { OpenFile } from './file-operations.js';
import { readFully } from './whole-files.js';

const aheadBytes = 256 * 1024;

/** Reads small pieces of a file that lie near each other without asking the system for each. */
export class ReadAhead {
  readonly #file: OpenFile;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  /** The bytes from there on; fewer where the file ends. A view, valid until the next call. */
  async read(position: number, length: number): Promise<Buffer> {
    if (position < this.#start || position + length > this.#start + this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(length, aheadBytes));
      this.#bytes = bytes.subarray(0, await readFully(this.#file, bytes, position));
      this.#start = position;
    }
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }
}
