import { pageSizeBytes } from '@holdfast/core/basics';
import { damaged } from './image-file.js';
import type { Pagemap } from './pagemap.js';

export interface NamedPagemap extends Pagemap {
  readonly name: string;
}

/** The image that a page map's bytes lie in. */
export function pagesName({ pagesId }: Pagemap): string {
  return `pages-${pagesId}.img`;
}

/**
 * Throws with kind `corrupt` where a pages image is not exactly as long as its page map says, or belongs to two: from a shorter one CRIU reads in a
 * loop for ever, writing gigabytes of log. `sizes`: bytes of the pages images that there are; one without pages may be missing.
 */
export function assertPagesImages(maps: readonly NamedPagemap[], sizes: ReadonlyMap<string, number>): void {
  const owners = new Map<string, string>();
  for (const map of maps) {
    const image = pagesName(map);
    const other = owners.get(image);
    if (other !== undefined) throw damaged(map.name, `its pages are ${image}, which are those of ${other}`);
    owners.set(image, map.name);
    const expected = map.entries.reduce((sum, { pageCount, present }) => sum + (present ? pageCount : 0), 0) * pageSizeBytes;
    const actual = sizes.get(image);
    if (actual !== expected && !(actual === undefined && expected === 0))
      throw damaged(image, `it has ${actual ?? 'no'} bytes and should have ${expected}`);
  }
}
