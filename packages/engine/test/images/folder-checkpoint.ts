import { readFile, writeFile } from 'node:fs/promises';
import { type CheckpointObject, type CheckpointReader, HoldfastError, type ObjectInput, pageSizeBytes } from '@holdfast/core';

function unknownSource(key: string): never {
  throw new Error(`${key} has an extent of a source that it does not have`);
}

/** A checkpoint's reader over objects as they were put: pages by their numbers, nothing else remembered. */
export async function readerOf(inputs: readonly ObjectInput[]): Promise<CheckpointReader> {
  const pages = new Map<string, Map<number, Uint8Array>>();
  for (const { key, source, furtherSources = [], extents } of inputs) {
    const sources = await Promise.all(
      [source, ...furtherSources].map(async (one) => (one.kind === 'bytes' ? one.bytes : new Uint8Array(await readFile(one.path as string)))),
    );
    const own = new Map<number, Uint8Array>();
    for (const { firstPage, pageCount, sourceOffset, sourceIndex = 0 } of extents) {
      for (let page = 0; page < pageCount; page++) {
        const at = sourceOffset + page * pageSizeBytes;
        own.set(firstPage + page, sources[sourceIndex]?.slice(at, at + pageSizeBytes) ?? unknownSource(key));
      }
    }
    pages.set(key, own);
  }
  const objects: CheckpointObject[] = inputs.map(({ key, kind, sizeBytes, extents }) => ({ key, kind, sizeBytes, runs: extents }));
  const unused = (): never => {
    throw new HoldfastError('HF_UNEXPECTED', { message: 'not part of this fake', kind: 'unexpected' });
  };
  return {
    summary: { job: 'j', number: 1, epoch: 1, attempt: 'a', createdAt: '', logicalBytes: 0, storedBytes: 0, parent: undefined, eligible: true },
    metadata: {},
    objects,
    async read(key) {
      const size = objects.find((one) => one.key === key)?.sizeBytes ?? 0;
      return Buffer.concat([...(pages.get(key) ?? new Map<number, Uint8Array>()).values()]).subarray(0, size);
    },
    matches: unused,
    verify: unused,
    async write(key, path, layout) {
      const own = [...(pages.get(key) ?? new Map<number, Uint8Array>())].sort(([left], [right]) => left - right);
      const size = objects.find((one) => one.key === key)?.sizeBytes ?? 0;
      const bytes = Buffer.alloc(size);
      for (const [index, [page, content]] of own.entries())
        bytes.set(
          content.subarray(0, size - (layout === 'packed' ? index : page) * pageSizeBytes),
          (layout === 'packed' ? index : page) * pageSizeBytes,
        );
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    },
    async [Symbol.asyncDispose]() {},
  };
}
