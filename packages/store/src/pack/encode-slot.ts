import { pageSizeBytes } from '@holdfast/core/basics';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import type { BlockSlot } from '../workers/block-slot.js';
import type { EncodeRequest, EncodeResponse } from '../workers/tasks.js';
import { codecs } from './block.js';
import { compressPages, sampledBytes, zstd } from './compress-block.js';
import type { Difference, DifferenceEncoder } from './difference-encoder.js';
import { encodeBlock } from './encode-block.js';

interface Encoded {
  readonly codec: number;
  readonly payload: Buffer;
  readonly extra: Buffer;
  /** Places in the request's list. */
  readonly usedBases: readonly number[];
}

/** A difference has to save so much more than the pages themselves: who reads it reads other blocks too. */
const worthItsBases = 0.8;
/** One in so many of the pages that would be stored as a difference, but at least so many, are compressed both ways before. */
const probedFraction = 8;
const probedLeast = 4;

/** Writes a slot's pages as a block into its stored bytes: raw, compressed, or with those as differences that are much like older pages; with a cipher, encrypted. */
export function encodeSlot(
  slot: BlockSlot,
  request: EncodeRequest,
  differences: DifferenceEncoder,
  cipher: RepositoryCipher | undefined,
): EncodeResponse {
  const { id, pageCount, compress, bases } = request;
  const pages = slot.pages.subarray(0, pageCount * pageSizeBytes);
  const difference = bases.length === 0 ? undefined : differences.encode(slot, pageCount, bases);
  const encoded: Encoded = encodedDifference(pages, difference, compress) ?? {
    ...compressPages(pages, compress),
    extra: Buffer.alloc(0),
    usedBases: [],
  };
  const { codec, usedBases } = encoded;
  const lengthBytes = encodeBlock(slot.stored, { id, pageCount, ...encoded }, bases[usedBases[0] ?? -1], cipher);
  return { codec, lengthBytes, usedBases };
}

/** Undefined where the pages themselves come to about as little. */
function encodedDifference(pages: Buffer, difference: Difference | undefined, compress: boolean): Encoded | undefined {
  if (difference === undefined) return undefined;
  const { ordinals, extra, usedBases } = difference;
  const step = Math.min(probedFraction, Math.max(1, Math.floor(ordinals.length / probedLeast)));
  const probed = ordinals.filter((_, at) => at % step === 0);
  const wholeBytes = compress ? sampledBytes(pages, probed) : probed.length * pageSizeBytes;
  if (sampledBytes(difference.pages, probed) > wholeBytes * worthItsBases) return undefined;
  const payload = zstd(difference.pages);
  return payload.length + extra.length > pages.length ? undefined : { codec: codecs.delta, payload, extra, usedBases };
}
