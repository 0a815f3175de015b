import { join } from 'node:path';
import { MalformedBytes } from '../codec/byte-reader.js';
import { corrupt } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { readFully, withFile } from '../files/whole-files.js';
import { parseBlock } from '../pack/parse-block.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { MovedPackWriter } from './moved-pack-writer.js';
import type { PruneRun } from './removals.js';
import type { SurveyedPack } from './surveyed-pack.js';

/** Copies these blocks of a pack as they are stored, each once its digest was found to be right. Rejects with HF_PACK_CORRUPT at the first that is not. */
export async function copyBlocks(
  context: StoreContext,
  paths: JobPaths,
  pack: SurveyedPack,
  ids: ReadonlySet<string>,
  writer: MovedPackWriter,
  run: PruneRun,
): Promise<void> {
  const path = join(paths.packs, pack.file);
  await withFile(context.files, path, async (file) => {
    for (const entry of pack.entries ?? []) {
      if (!ids.has(entry.id) || writer.has(entry.id)) continue;
      throwIfAborted(run.signal, 'store.prune');
      const bytes = Buffer.allocUnsafe(entry.lengthBytes);
      if ((await readFully(file, bytes, entry.offset)) < bytes.length) throw corrupt('HF_PACK_CORRUPT', path, 'it ends too early');
      try {
        parseBlock(path, bytes, entry);
      } catch (error) {
        throw error instanceof MalformedBytes ? corrupt('HF_PACK_CORRUPT', path, error.message, error) : error;
      }
      await writer.append(entry, bytes);
      run.onProgress?.(bytes.length);
    }
  });
}
