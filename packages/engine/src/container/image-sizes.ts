import { readdir } from 'node:fs/promises';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { readPagemaps } from '../images/read-pagemaps.js';

/** Checks that every pages image is exactly as long as its page map says. Rejects with HF_RESTORE_FAILED, kind `corrupt`, before anything was started. */
export async function assertImageSizes(imagesDirectory: string): Promise<void> {
  const names = await readdir(imagesDirectory);
  if (!names.includes('inventory.img') || !names.includes('pstree.img')) throw corrupt('the images of CRIU are not all there', imagesDirectory);
  try {
    await readPagemaps(imagesDirectory, names);
  } catch (error) {
    throw isHoldfastError(error) ? corrupt(error.message, imagesDirectory) : error;
  }
}

function corrupt(message: string, imagesDirectory: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_FAILED', {
    message: `the snapshot's images are not whole: ${message}`,
    kind: 'corrupt',
    operation: 'restore',
    context: { imagesDirectory },
    hint: 'the snapshot before this one is not affected',
  });
}
