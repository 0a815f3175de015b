import type { SourceExtent } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import type { OpenFile } from '../files/file-operations.js';

/** A file that older pages are read from by other threads; closed once nobody needs it any more. */
export class OldFile {
  readonly descriptor: number;
  readonly #file: OpenFile;
  #users = 1;

  constructor(file: OpenFile, descriptor: number) {
    this.#file = file;
    this.descriptor = descriptor;
  }

  retain(): this {
    this.#users += 1;
    return this;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    // Nothing was written, so a close that fails loses nothing.
    if (this.#users === 0) await this.#file.close().catch(() => undefined);
  }
}

/** Where the pages of an object's last snapshot lie now; asked in ascending order. */
export class OldPages {
  readonly file: OldFile;
  readonly #extents: readonly SourceExtent[];
  #at = 0;

  constructor(file: OldFile, extents: readonly SourceExtent[]) {
    this.file = file;
    this.#extents = extents;
  }

  /** Undefined where there was no such page. */
  offsetOf(page: number): number | undefined {
    for (; this.#at < this.#extents.length; this.#at += 1) {
      const extent = this.#extents[this.#at];
      if (extent === undefined || page < extent.firstPage) return undefined;
      if (page < extent.firstPage + extent.pageCount) return extent.sourceOffset + (page - extent.firstPage) * pageSizeBytes;
    }
    return undefined;
  }
}
