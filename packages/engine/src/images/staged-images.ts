import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ObjectInput, pageSizeBytes, type SourceExtent } from '@holdfast/core';
import { isStored } from './image-names.js';
import { imageKey, memoryKey } from './memory-keys.js';
import type { MemorySource } from './memory-source.js';
import { decodePagemap, type PagemapRun } from './pagemap.js';

/** A plain dump in a folder: page maps tell where the bytes of the pages images belong. Read once CRIU has ended. */
export class StagedImages implements MemorySource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async objects(): Promise<readonly ObjectInput[]> {
    const names = (await readdir(this.#folder)).filter(isStored).sort();
    const maps = names.filter((name) => /^pagemap-.+\.img$/.test(name));
    const memory = await Promise.all(maps.map((name) => this.#memory(name)));
    const taken = new Set(memory.map(({ pagesName }) => pagesName));
    const images = await Promise.all(names.filter((name) => !taken.has(name)).map((name) => this.#image(name)));
    return [...memory.map(({ object }) => object).filter(({ extents }) => extents.length > 0), ...images];
  }

  async #memory(name: string): Promise<{ readonly object: ObjectInput; readonly pagesName: string }> {
    const { pagesId, entries } = decodePagemap(await readFile(join(this.#folder, name)), name);
    const extents = extentsOf(entries);
    const pagesName = `pages-${pagesId}.img`;
    return {
      pagesName,
      object: {
        key: memoryKey(name),
        kind: 'memory',
        sizeBytes: extents.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes,
        source: { kind: 'path', path: join(this.#folder, pagesName) },
        extents,
      },
    };
  }

  async #image(name: string): Promise<ObjectInput> {
    const path = join(this.#folder, name);
    const { size } = await stat(path);
    const pageCount = Math.ceil(size / pageSizeBytes);
    return {
      key: imageKey(name),
      kind: 'image',
      sizeBytes: size,
      source: { kind: 'path', path },
      extents: pageCount === 0 ? [] : [{ firstPage: 0, pageCount, sourceOffset: 0 }],
    };
  }
}

/** Runs that touch in address and in the image become one. */
function extentsOf(entries: readonly PagemapRun[]): readonly SourceExtent[] {
  const extents: SourceExtent[] = [];
  let sourceOffset = 0;
  for (const { firstPage, pageCount, present } of entries) {
    if (!present) continue;
    const last = extents.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === firstPage)
      extents[extents.length - 1] = { ...last, pageCount: last.pageCount + pageCount };
    else extents.push({ firstPage, pageCount, sourceOffset });
    sourceOffset += pageCount * pageSizeBytes;
  }
  return extents;
}
