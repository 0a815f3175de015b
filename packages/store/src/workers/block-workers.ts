import type { BlockSlot } from './block-slot.js';
import type { WindowSlot } from './window-slot.js';
import type { DecodeRequest, DecodeResponse, EncodeRequest, EncodeResponse, HashRequest } from './tasks.js';

/** Where blocks are compressed, digested and taken apart, and pages hashed. Calls reject where the work fails; the slot can be used again. */
export interface BlockWorkers extends AsyncDisposable {
  /** How many calls are worked on at once. */
  readonly width: number;

  /** Compresses the pages of a slot that the caller holds into its stored bytes, as they lie in a pack. */
  encode(slot: BlockSlot, request: EncodeRequest): Promise<EncodeResponse>;

  /**
   * Verifies a stored block and writes its pages, in memory that the caller holds. Undefined where the bytes are not the block of the index, or not one
   * that this version reads: why, the caller finds out by parseBlock and decodePayload.
   */
  decode(request: DecodeRequest): Promise<DecodeResponse | undefined>;

  /**
   * Computes the hashes that the windows of a slot ask for, which the caller holds. False where what was to be read cannot be: why, the
   * caller finds out by reading it.
   */
  hash(slot: WindowSlot, request: HashRequest): Promise<boolean>;
}
