import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInput, SourceExtent } from '@holdfast/core';
import { HoldfastError, isHoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import { isStored } from './image-names.js';
import { imageKey } from './memory-keys.js';
import type { MemoryName } from './memory-names.js';
import type { MemorySource } from './memory-source.js';
import { memoryTableObject } from './memory-table.js';
import { presentRuns } from './pagemap.js';
import { type NamedPagemap, pagesName } from './pages-images.js';
import { readMemoryNames } from './read-memory-names.js';
import { readPagemaps } from './read-pagemaps.js';

/** A plain dump in a folder: page maps tell where the bytes of the pages images belong. Read once CRIU has ended. */
export class StagedImages implements MemorySource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Rejects with HF_DUMP_FAILED where the images do not belong together or one is not as long as it should be: nothing of them is stored then. */
  async objects(): Promise<readonly ObjectInput[]> {
    try {
      return await this.#objects();
    } catch (error) {
      throw isHoldfastError(error) ? notWhole(error) : error;
    }
  }

  async #objects(): Promise<readonly ObjectInput[]> {
    const names = (await readdir(this.#folder)).filter(isStored).sort();
    const maps = new Map((await readPagemaps(this.#folder, names)).map((map) => [map.name, map]));
    const memoryNames = await readMemoryNames(names, (name) => readFile(join(this.#folder, name)));
    const memory = memoryNames.flatMap((name) => {
      const map = maps.get(name.pagemapName);
      return map === undefined ? [] : [this.#memory(name, map)];
    });
    const taken = new Set([...maps.values()].map(pagesName));
    const images = await Promise.all(names.filter((name) => !taken.has(name)).map((name) => this.#image(name)));
    const table = memoryTableObject(memoryNames);
    return [...memory.filter(({ extents }) => extents.length > 0), ...images, ...(table === undefined ? [] : [table])];
  }

  #memory({ key, like }: MemoryName, map: NamedPagemap): ObjectInput {
    const extents = extentsOf(map);
    return {
      key,
      kind: 'memory',
      sizeBytes: extents.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes,
      source: { kind: 'path', path: join(this.#folder, pagesName(map)) },
      extents,
      ...(like === undefined ? {} : { like }),
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

function extentsOf({ entries }: NamedPagemap): readonly SourceExtent[] {
  let sourceOffset = 0;
  return presentRuns(entries).map((run) => {
    const extent = { ...run, sourceOffset };
    sourceOffset += run.pageCount * pageSizeBytes;
    return extent;
  });
}

function notWhole(cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `the snapshot failed: ${cause.message}`,
    kind: 'corrupt',
    retry: 'yes',
    operation: 'dump',
    context: cause.context,
    hint: 'the next snapshot is taken as usual; where this comes again, look whether the folder that images are staged in is full or damaged',
    cause,
  });
}
