import { BlockSlot } from './block-slot.js';

/** One user's slots: a bounded number, made when first needed. Whoever finds none waits, first come, first served. */
export class SlotPool {
  readonly #limit: number;
  readonly #free: BlockSlot[] = [];
  readonly #waiting: ((slot: BlockSlot) => void)[] = [];
  #made = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  acquire(): Promise<BlockSlot> {
    const slot = this.#free.pop() ?? this.#make();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(slot: BlockSlot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }

  #make(): BlockSlot | undefined {
    if (this.#made >= this.#limit) return undefined;
    this.#made += 1;
    return new BlockSlot();
  }
}
