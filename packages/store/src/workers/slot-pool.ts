import { BlockSlot } from './block-slot.js';
import { BoundedPool } from './bounded-pool.js';

/** One user's slots. */
export class SlotPool extends BoundedPool<BlockSlot> {
  constructor(limit: number) {
    super(limit, () => new BlockSlot());
  }
}
