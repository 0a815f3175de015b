import { blockHeaderBytes, extraLimitBytes, payloadLimitBytes } from '../pack/block.js';

const storedLimitBytes = blockHeaderBytes + extraLimitBytes + payloadLimitBytes;

/** Memory for one block as it lies in a pack, seen by all threads. */
export class StoredSpace {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(storedLimitBytes);
  readonly bytes: Buffer = Buffer.from(this.memory);
}
