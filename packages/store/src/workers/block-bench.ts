import { createKeyedHash } from '../codec/create-keyed-hash.js';
import { RepositoryCipher } from '../encryption/repository-cipher.js';
import { DifferenceEncoder } from '../pack/difference-encoder.js';
import { encodeSlot } from '../pack/encode-slot.js';
import type { BlockSlot } from './block-slot.js';
import type { Task, TaskResult, WorkerStart } from './tasks.js';

/** One thread's tools; does one task at a time. */
export class BlockBench {
  readonly #differences: DifferenceEncoder;
  readonly #cipher: RepositoryCipher | undefined;

  constructor({ hash, cipher }: WorkerStart) {
    this.#differences = new DifferenceEncoder(createKeyedHash(hash.kind, hash.key));
    this.#cipher = cipher === undefined ? undefined : new RepositoryCipher(cipher);
  }

  perform(slot: BlockSlot, { name, request }: Task): TaskResult {
    return { name, response: encodeSlot(slot, request, this.#differences, this.#cipher) };
  }
}
