import { type ObjectInput, type ObjectSource, pageSizeBytes, type SourceExtent } from '@holdfast/core';
import { archiveCorrupt } from './archive-errors.js';
import type { ArchivedObject } from './archive-manifest.js';
import { packedBytes, sparseMap } from './sparse-map.js';

/** How an object's member must look. */
export interface ExpectedMember {
  /** What stands before the pages, byte for byte; empty for most. */
  readonly before: Buffer;
  readonly contentBytes: number;
}

/** Throws HF_ARCHIVE_CORRUPT where no object can have these runs. */
export function expectedMember(object: ArchivedObject): ExpectedMember {
  const { key, kind, sizeBytes, runs } = object;
  let end = 0;
  for (const { firstPage, pageCount } of runs) {
    if (firstPage < end || pageCount < 1 || !Number.isSafeInteger((firstPage + pageCount) * pageSizeBytes)) throw impossible(key);
    end = firstPage + pageCount;
  }
  const contentBytes = packedBytes(object);
  if (kind === 'memory' ? sizeBytes !== contentBytes : end > Math.ceil(sizeBytes / pageSizeBytes)) throw impossible(key);
  const before = kind === 'file' ? sparseMap(sizeBytes, runs) : undefined;
  return { before: before ?? Buffer.alloc(0), contentBytes };
}

/** The object as the store takes it, from content that lies back to back. */
export function objectInput({ key, kind, sizeBytes, runs }: ArchivedObject, source: ObjectSource): ObjectInput {
  let sourceOffset = 0;
  const extents = runs.map(({ firstPage, pageCount }): SourceExtent => {
    const extent = { firstPage, pageCount, sourceOffset };
    sourceOffset += pageCount * pageSizeBytes;
    return extent;
  });
  return { key, kind, sizeBytes, source, extents };
}

function impossible(key: string): Error {
  return archiveCorrupt(`its manifest gives ${JSON.stringify(key.slice(0, 100))} a size or pages that it cannot have`);
}
