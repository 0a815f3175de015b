import { link, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import type { FilePlaces } from '../files/file-places.js';
import type { TrackedRoot } from '../files/tracked-root.js';
import { asBytes, hostPathOf } from './host-path.js';
import { type LostName, lostNamesFile } from './lost-names.js';

/**
 * Makes the names that CRIU's restore expects for files whose own is gone; disposing removes what the restore has left of them.
 * `places`: of a container with a file system of its own, which is mounted. Rejects with HF_RESTORE_FAILED where a file is not there.
 */
export async function relinkLostNames(
  imagesDirectory: string,
  roots: readonly TrackedRoot[],
  places: Pick<FilePlaces, 'hostPathOf'> = { hostPathOf: (path) => hostPathOf(path, roots) },
): Promise<AsyncDisposable> {
  const placeOf = (path: string): Buffer => {
    const hostPath = places.hostPathOf(path);
    if (hostPath === undefined) throw new Error(`${path} lies on no file system of this machine`);
    return asBytes(hostPath);
  };
  const made: Buffer[] = [];
  const dispose = async (): Promise<void> => {
    for (const path of made) await unlink(path).catch(() => undefined);
  };
  try {
    for (const lost of await readLostNames(imagesDirectory)) {
      const path = placeOf(lost.link);
      // A killed restore may have left it.
      await unlink(path).catch(() => undefined);
      await link(placeOf(lost.name), path);
      made.push(path);
    }
  } catch (cause) {
    await dispose();
    throw new HoldfastError('HF_RESTORE_FAILED', {
      message: `a file that the job has open cannot be linked: ${cause instanceof Error ? cause.message : 'unknown'}`,
      kind: 'not-found',
      operation: 'restore',
      cause,
    });
  }
  return { [Symbol.asyncDispose]: dispose };
}

/** CRIU's own names only: nothing else is ever removed. */
const lostNamesSchema: z.ZodType<readonly LostName[]> = z.array(
  z.object({
    link: z.string().regex(/^\/(?:.*\/)?link_remap\.\d+$/s),
    name: z.string().startsWith('/'),
  }),
);

async function readLostNames(imagesDirectory: string): Promise<readonly LostName[]> {
  const text = await readFile(join(imagesDirectory, lostNamesFile), 'utf8').catch(() => undefined);
  return text === undefined ? [] : lostNamesSchema.parse(JSON.parse(text));
}
