import { type PageRun, pageSizeBytes } from '@holdfast/core';

const blockBytes = 512;

/** Bytes of an object's pages back to back, the last page of a file or image cut at its end. */
export function packedBytes({
  kind,
  sizeBytes,
  runs,
}: {
  readonly kind: string;
  readonly sizeBytes: number;
  readonly runs: readonly PageRun[];
}): number {
  const pages = runs.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes;
  const last = runs.at(-1);
  const end = last === undefined ? 0 : (last.firstPage + last.pageCount) * pageSizeBytes;
  return kind === 'memory' ? pages : pages - Math.max(0, end - sizeBytes);
}

/**
 * What stands before the data of a file with holes in the sparse format 1.0 of GNU tar: the number of its pieces, then offset and length of each,
 * as text padded to whole blocks. Undefined where the file has no holes.
 */
export function sparseMap(sizeBytes: number, runs: readonly PageRun[]): Buffer | undefined {
  if (packedBytes({ kind: 'file', sizeBytes, runs }) === sizeBytes) return undefined;
  const pieces = runs.map(({ firstPage, pageCount }) => {
    const offset = firstPage * pageSizeBytes;
    return [offset, Math.min(pageCount * pageSizeBytes, sizeBytes - offset)] as const;
  });
  const [offset, length] = pieces.at(-1) ?? [0, 0];
  // The end of a hole at the end is told by an empty piece.
  if (offset + length < sizeBytes) pieces.push([sizeBytes, 0]);
  const text = Buffer.from(`${[pieces.length, ...pieces.flat()].join('\n')}\n`);
  return Buffer.concat([text, Buffer.alloc((blockBytes - (text.length % blockBytes)) % blockBytes)]);
}
