import { createKeyedHash } from '../codec/create-keyed-hash.js';
import type { KeyedHash } from '../codec/keyed-hash.js';
import { RepositoryCipher } from '../encryption/repository-cipher.js';
import { decodeStored } from '../pack/decode-stored.js';
import { DifferenceEncoder } from '../pack/difference-encoder.js';
import { encodeSlot } from '../pack/encode-slot.js';
import { BlockSlot } from './block-slot.js';
import { hashWindows } from './hash-windows.js';
import { WindowSlot } from './window-slot.js';
import type { DecodeRequest, DecodeResponse, EncodeRequest, EncodeResponse, HashRequest, Task, TaskResult, WorkerStart } from './tasks.js';

/** One thread's tools; does one task at a time. */
export class BlockBench {
  readonly #hash: KeyedHash;
  readonly #differences: DifferenceEncoder;
  readonly #cipher: RepositoryCipher | undefined;

  constructor({ hash, cipher }: WorkerStart) {
    this.#hash = createKeyedHash(hash.kind, hash.key);
    this.#differences = new DifferenceEncoder(this.#hash);
    this.#cipher = cipher === undefined ? undefined : new RepositoryCipher(cipher);
  }

  perform(task: Task): TaskResult {
    switch (task.name) {
      case 'encode':
        return { name: 'encode', response: this.encode(new BlockSlot(task.memory), task.request) };
      case 'decode':
        return { name: 'decode', response: this.decode(task.request) };
      case 'hash':
        return { name: 'hash', response: this.hash(new WindowSlot(task.memory), task.request) };
    }
  }

  encode(slot: BlockSlot, request: EncodeRequest): EncodeResponse {
    return encodeSlot(slot, request, this.#differences, this.#cipher);
  }

  hash(slot: WindowSlot, request: HashRequest): boolean {
    return hashWindows(slot, request, this.#hash);
  }

  decode(request: DecodeRequest): DecodeResponse | undefined {
    return decodeStored(request, this.#cipher);
  }
}
