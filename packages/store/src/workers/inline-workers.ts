import { BlockBench } from './block-bench.js';
import type { BlockSlot } from './block-slot.js';
import type { BlockWorkers } from './block-workers.js';
import type { WindowSlot } from './window-slot.js';
import type { DecodeRequest, DecodeResponse, EncodeRequest, EncodeResponse, HashRequest, WorkerStart } from './tasks.js';

/** Does everything at once in the calling thread. */
export class InlineWorkers implements BlockWorkers {
  readonly width = 1;
  readonly #bench: BlockBench;

  constructor(start: WorkerStart) {
    this.#bench = new BlockBench(start);
  }

  encode(slot: BlockSlot, request: EncodeRequest): Promise<EncodeResponse> {
    return new Promise((resolve) => resolve(this.#bench.encode(slot, request)));
  }

  decode(request: DecodeRequest): Promise<DecodeResponse | undefined> {
    return new Promise((resolve) => resolve(this.#bench.decode(request)));
  }

  hash(slot: WindowSlot, request: HashRequest): Promise<boolean> {
    return new Promise((resolve) => resolve(this.#bench.hash(slot, request)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
