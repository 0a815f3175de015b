import { zstdDecompressSync } from 'node:zlib';
import { pageSizeBytes } from '@holdfast/core/basics';
import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { blockIdBytes, codecs, type StoredBlock } from './block.js';
import { xorInto } from './xor-pages.js';

const wholePage = 0xffff;

export interface DeltaPlan {
  readonly bases: readonly string[];
  /** For each page the ordinal of its base and the index in it; undefined for a whole page. */
  readonly pages: readonly ({ readonly base: number; readonly index: number } | undefined)[];
}

/** The pages of a raw or zstd block; of a delta, the difference. Throws MalformedBytes where they are not as many as the header says. */
export function decodePayload(block: StoredBlock): Buffer {
  const wanted = block.pageCount * pageSizeBytes;
  if (block.codec !== codecs.delta && block.extra.length > 0) throw new MalformedBytes(`block ${block.id} has bytes that no reader needs`);
  const pages = block.codec === codecs.raw ? block.payload : decompress(block, wanted);
  if (pages.length !== wanted) throw new MalformedBytes(`block ${block.id} has ${pages.length} bytes instead of ${wanted}`);
  return pages;
}

export function parseDeltaPlan(block: Pick<StoredBlock, 'id' | 'pageCount' | 'extra'>): DeltaPlan {
  const reader = new ByteReader(block.extra);
  const baseCount = reader.u16();
  if (baseCount > block.pageCount) throw new MalformedBytes(`block ${block.id} has more bases than pages`);
  const bases = Array.from({ length: baseCount }, () => reader.bytes(blockIdBytes).toString('hex'));
  const pages = Array.from({ length: block.pageCount }, () => {
    const [base, index] = [reader.u16(), reader.u16()];
    if (base === wholePage) return undefined;
    if (base >= bases.length) throw new MalformedBytes(`block ${block.id} names a base that it does not have`);
    return { base, index };
  });
  reader.finish(`the plan of block ${block.id}`);
  return { bases, pages };
}

/** Turns those pages of the difference that stand on the plan's base of this ordinal into pages, in place. */
export function applyBase(id: string, plan: DeltaPlan, ordinal: number, base: Buffer, difference: Buffer): void {
  for (const [at, page] of plan.pages.entries()) {
    if (page === undefined || page.base !== ordinal) continue;
    const start = page.index * pageSizeBytes;
    if (start + pageSizeBytes > base.length) throw new MalformedBytes(`block ${id} names a page that its base does not have`);
    xorInto(difference, at * pageSizeBytes, base, start, pageSizeBytes);
  }
}

function decompress(block: StoredBlock, wanted: number): Buffer {
  try {
    return zstdDecompressSync(block.payload, { chunkSize: outputBytes(wanted), maxOutputLength: wanted });
  } catch (error) {
    throw new MalformedBytes(`block ${block.id} cannot be decompressed`, { cause: error });
  }
}

/** One byte more than there should be, or node allocates a second buffer to see that nothing follows. */
function outputBytes(wanted: number): number {
  return wanted + 1;
}
