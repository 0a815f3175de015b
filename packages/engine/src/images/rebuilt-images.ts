import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOptions, CheckpointReader } from '@holdfast/core';
import { damaged } from './image-file.js';
import { assertImageName } from './image-names.js';
import { imageName, memoryKey, pagemapName } from './memory-keys.js';
import type { MemorySink } from './memory-source.js';
import { decodePagemap } from './pagemap.js';

/** Puts a snapshot's images back into a folder as CRIU wrote them, byte for byte. */
export class RebuiltImages implements MemorySink {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder must be new or empty. Rejects with kind `corrupt` where the snapshot's images do not belong together. */
  async write(reader: CheckpointReader, options: CallOptions = {}): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const memory = new Set(reader.objects.map(({ key }) => key).filter((key) => pagemapName(key) !== undefined));
    for (const { key } of reader.objects) {
      const name = imageName(key);
      if (name !== undefined) await reader.write(key, join(this.#folder, assertImageName(name)), 'sparse', options);
    }
    // The page maps are there now; they tell which pages image the memory belongs into.
    for (const { key } of reader.objects) {
      const name = imageName(key);
      if (name === undefined || !/^pagemap-.+\.img$/.test(name)) continue;
      await this.#writePages(reader, name, memory, options);
    }
    const [stray] = memory;
    if (stray !== undefined) throw damaged(stray, 'its page map is missing');
  }

  async #writePages(reader: CheckpointReader, name: string, memory: Set<string>, options: CallOptions): Promise<void> {
    const { pagesId } = decodePagemap(await readFile(join(this.#folder, name)), name);
    const path = join(this.#folder, `pages-${pagesId}.img`);
    const key = memoryKey(name);
    if (memory.delete(key)) return reader.write(key, path, 'packed', options);
    // A process without a page of its own: CRIU wants the image, empty.
    return (await open(path, 'wx', 0o600)).close();
  }
}
