import { decodeParsed } from '../pack/decode-stored.js';
import type { IndexEntry } from '../pack/pack-index.js';
import type { PackReader } from '../pack/pack-reader.js';
import type { StoreContext } from '../repository/store-context.js';
import type { StoredSpace } from '../workers/stored-space.js';
import type { DecodeResponse } from '../workers/tasks.js';

/** What blocks are taken apart by. */
export type BlockTools = Pick<StoreContext, 'workers' | 'cipher'>;

/**
 * Reads a block into `stored`, verifies it, and writes its pages (of a delta, the difference) into `pages` where that is given. Rejects with
 * MalformedBytes, HF_PACK_CORRUPT or HF_FORMAT_NEWER.
 */
export async function readVerified(
  { workers, cipher }: BlockTools,
  pack: PackReader,
  entry: IndexEntry,
  stored: StoredSpace,
  pages?: SharedArrayBuffer,
): Promise<DecodeResponse> {
  await pack.readStored(entry, stored.bytes);
  const { digest, ...rest } = entry;
  const response = await workers.decode({ entry: rest, digest: digest.toString('hex'), stored: stored.memory, pages });
  // What a thread refuses is looked at again here, for the words.
  return response ?? decodeParsed(pack.parse(entry, stored.bytes), pages, cipher);
}
