import { constants, zstdCompressSync } from 'node:zlib';
import { pageSizeBytes } from '@holdfast/core/basics';
import { codecs } from './block.js';

export interface CompressedPages {
  readonly codec: number;
  readonly payload: Buffer;
}

const params = { [constants.ZSTD_c_compressionLevel]: 1 };
const probedFraction = 8;
/** Below this saving the time to decompress is worth more than the bytes. */
const worthwhile = 0.97;

/** zstd level 1 where it pays, else the pages as they are. */
export function compressPages(pages: Buffer, compress: boolean): CompressedPages {
  if (!compress || estimateBytes(pages) > pages.length * worthwhile) return { codec: codecs.raw, payload: pages };
  const packed = zstd(pages);
  return packed.length > pages.length * worthwhile ? { codec: codecs.raw, payload: pages } : { codec: codecs.zstd, payload: packed };
}

export function zstd(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params, chunkSize: bytes.length + pageSizeBytes });
}

/** What the pages come to when compressed, by every eighth of a large block: an incompressible one costs an eighth of the time. Zero, so always worth a try, for a small one. */
function estimateBytes(pages: Buffer): number {
  const count = pages.length / pageSizeBytes;
  if (count < probedFraction * 4) return 0;
  const sampled = Math.floor(count / probedFraction);
  const ordinals = Array.from({ length: sampled }, (_, at) => at * probedFraction);
  return (sampledBytes(pages, ordinals) * count) / sampled;
}

/** What those pages come to when compressed by themselves. */
export function sampledBytes(pages: Buffer, ordinals: readonly number[]): number {
  const sample = Buffer.allocUnsafe(ordinals.length * pageSizeBytes);
  for (const [at, ordinal] of ordinals.entries()) pages.copy(sample, at * pageSizeBytes, ordinal * pageSizeBytes, (ordinal + 1) * pageSizeBytes);
  return zstd(sample).length;
}
