import { pageSizeBytes } from '@holdfast/core/basics';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import type { BlockSlot } from '../workers/block-slot.js';
import type { EncodeRequest, EncodeResponse } from '../workers/tasks.js';
import { codecs } from './block.js';
import { compressPages, estimateBytes, zstd } from './compress-block.js';
import type { Difference, DifferenceEncoder } from './difference-encoder.js';
import { encodeBlock } from './encode-block.js';

interface Encoded {
  readonly codec: number;
  readonly payload: Buffer;
  readonly extra: Buffer;
}

/** A difference has to save so much more than the pages themselves: who reads it reads other blocks too. */
const worthItsBases = 0.8;

/** Writes a slot's pages as a block into its stored bytes: raw, compressed, or as the difference to older pages, whichever is smallest; with a cipher, encrypted. */
export function encodeSlot(
  slot: BlockSlot,
  request: EncodeRequest,
  differences: DifferenceEncoder,
  cipher: RepositoryCipher | undefined,
): EncodeResponse {
  const { id, pageCount, compress, bases } = request;
  const pages = slot.pages.subarray(0, pageCount * pageSizeBytes);
  const difference = bases.length === 0 ? undefined : differences.encode(slot, pageCount, bases);
  const encoded: Encoded = encodedDifference(pages, difference, compress) ?? { ...compressPages(pages, compress), extra: Buffer.alloc(0) };
  const baseId = encoded.codec === codecs.delta ? bases[0] : undefined;
  return { codec: encoded.codec, lengthBytes: encodeBlock(slot.stored, { id, pageCount, ...encoded }, baseId, cipher) };
}

/** Undefined where the pages themselves come to about as little. */
function encodedDifference(pages: Buffer, difference: Difference | undefined, compress: boolean): Encoded | undefined {
  if (difference === undefined) return undefined;
  const estimate = compress ? estimateBytes(pages) : pages.length;
  if (estimate > 0 && estimateBytes(difference.pages) > estimate * worthItsBases) return undefined;
  const payload = zstd(difference.pages);
  // Small blocks are not estimated: both are tried.
  const rivalBytes = estimate > 0 ? estimate : compressPages(pages, compress).payload.length;
  if (payload.length + difference.extra.length > rivalBytes * worthItsBases) return undefined;
  return { codec: codecs.delta, payload, extra: difference.extra };
}
