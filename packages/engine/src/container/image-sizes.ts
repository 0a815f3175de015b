import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, pageSizeBytes } from '@holdfast/core';
import { decodePagemap } from '../images/pagemap.js';

/**
 * Checks that every pages image is exactly as long as its page maps say. From shorter ones CRIU reads in a loop for ever,
 * writing gigabytes of log. Rejects with HF_RESTORE_FAILED, kind `corrupt`, before anything was started.
 */
export async function assertImageSizes(imagesDirectory: string): Promise<void> {
  const names = await readdir(imagesDirectory);
  if (!names.includes('inventory.img') || !names.includes('pstree.img')) throw corrupt('the images of CRIU are not all there', imagesDirectory);
  const expected = new Map<string, number>();
  for (const name of names.filter((name) => /^pagemap-.*\.img$/.test(name))) {
    const { pagesId, entries } = decodePagemap(await readFile(join(imagesDirectory, name)), name);
    const pages = entries.reduce((sum, { pageCount, present }) => sum + (present ? pageCount : 0), 0);
    const image = `pages-${pagesId}.img`;
    expected.set(image, (expected.get(image) ?? 0) + pages * pageSizeBytes);
  }
  for (const [image, bytes] of expected) {
    const size = (await stat(join(imagesDirectory, image)).catch(() => undefined))?.size;
    if (size !== bytes && !(size === undefined && bytes === 0)) {
      throw corrupt(`${image} has ${size ?? 'no'} bytes and should have ${bytes}`, imagesDirectory);
    }
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
