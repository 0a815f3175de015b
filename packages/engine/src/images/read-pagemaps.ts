import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePagemap, isPagemapName } from './pagemap.js';
import { assertPagesImages, type NamedPagemap, pagesName } from './pages-images.js';

/** The page maps among `names` of a folder of images. Rejects with kind `corrupt` where one cannot be read or its pages image is not as long as it says. */
export async function readPagemaps(folder: string, names: readonly string[]): Promise<readonly NamedPagemap[]> {
  const maps = await Promise.all(
    names.filter(isPagemapName).map(async (name) => ({ name, ...decodePagemap(await readFile(join(folder, name)), name) })),
  );
  const there = new Set(names);
  const images = maps.map(pagesName).filter((name) => there.has(name));
  assertPagesImages(maps, new Map(await Promise.all(images.map(async (name) => [name, (await stat(join(folder, name))).size] as const))));
  return maps;
}
