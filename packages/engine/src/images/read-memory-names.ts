import { damaged } from './image-file.js';
import { decodeMemfds, type Memfds } from './memfds.js';
import { type MappedProcess, type MemoryName, nameMemory } from './memory-names.js';
import { decodeAddressSpace } from './mm.js';
import { isPagemapName } from './pagemap.js';
import { decodeProcessTree } from './process-tree.js';

type ReadImage = (name: string) => Promise<Uint8Array>;

/** True for the images that this reads. */
export function namesMemory(name: string): boolean {
  return /^(?:pstree|files|memfd|mm-[0-9]+)\.img$/u.test(name);
}

/** Names the memory of a dump that has the images `names`. Rejects with kind `corrupt` where one that tells of it cannot be read. */
export async function readMemoryNames(names: readonly string[], read: ReadImage): Promise<readonly MemoryName[]> {
  const there = new Set(names);
  if (!there.has('pstree.img')) throw damaged('pstree.img', 'it is missing');
  const tree = decodeProcessTree(await read('pstree.img'), 'pstree.img');
  const processes = await Promise.all(
    tree.map(async (process): Promise<MappedProcess> => {
      const name = `mm-${process.pid}.img`;
      return { ...process, space: there.has(name) ? decodeAddressSpace(await read(name), name) : undefined };
    }),
  );
  return nameMemory(names.filter(isPagemapName), processes, there.has('memfd.img') ? await readMemfds(read) : noMemfds);
}

const noMemfds: Memfds = { segmentOfFile: new Map(), segments: [] };

async function readMemfds(read: ReadImage): Promise<Memfds> {
  const [files, inodes] = await Promise.all([read('files.img'), read('memfd.img')]);
  return decodeMemfds(files, inodes);
}
