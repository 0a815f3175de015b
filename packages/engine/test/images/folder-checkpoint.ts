import { readFile, writeFile } from 'node:fs/promises';
import { type CheckpointObject, type CheckpointReader, HoldfastError, type ObjectInput, pageSizeBytes } from '@holdfast/core';

/** A checkpoint's reader over objects as they were put: pages by their numbers, nothing else remembered. */
export async function readerOf(inputs: readonly ObjectInput[]): Promise<CheckpointReader> {
  const pages = new Map<string, Map<number, Uint8Array>>();
  for (const { key, source, extents } of inputs) {
    const bytes = source.kind === 'bytes' ? source.bytes : new Uint8Array(await readFile(source.path as string));
    const own = new Map<number, Uint8Array>();
    for (const { firstPage, pageCount, sourceOffset } of extents) {
      for (let page = 0; page < pageCount; page++) {
        const at = sourceOffset + page * pageSizeBytes;
        own.set(firstPage + page, bytes.slice(at, at + pageSizeBytes));
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
