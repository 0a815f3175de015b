import { KeyedHash } from '../codec/keyed-hash.js';
import { DifferenceEncoder } from '../pack/difference-encoder.js';
import { encodeSlot } from '../pack/encode-slot.js';
import type { BlockSlot } from './block-slot.js';
import type { Task, TaskResult, WorkerStart } from './tasks.js';

/** One thread's tools; does one task at a time. */
export class BlockBench {
  readonly #differences: DifferenceEncoder;

  constructor({ hashKey }: WorkerStart) {
    this.#differences = new DifferenceEncoder(new KeyedHash(hashKey));
  }

  perform(slot: BlockSlot, { name, request }: Task): TaskResult {
    return { name, response: encodeSlot(slot, request, this.#differences) };
  }
}
