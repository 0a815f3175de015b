import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageSizeBytes } from '@holdfast/core/basics';
import { decodeProcessTree } from '../images/process-tree.js';
import { decodeLazyAreas } from './lazy-areas.js';
import { decodeStackPointer } from './stack-pointer.js';
import { uncoverPagemap } from './uncover-pagemap.js';

/**
 * Makes a covered dump one that leaves memory out, as CRIU with --lazy-pages would have: nothing in it refers to the parent any more. To be done once, before any page map
 * is read. Rejects with kind `corrupt` where images do not belong together.
 */
export async function uncover(imagesDir: string): Promise<void> {
  // A link to the parent's folder.
  await rm(join(imagesDir, 'parent'), { force: true });
  const read = (name: string): Promise<Buffer> => readFile(join(imagesDir, name));
  const tree = 'pstree.img';
  for (const { pid, threads } of decodeProcessTree(await read(tree), tree)) {
    const name = `pagemap-${pid}.img`;
    // One that has ended and is not waited for has no memory.
    const bytes = await read(name).catch(noneThere);
    if (bytes === undefined) continue;
    const areas = decodeLazyAreas(await read(`mm-${pid}.img`), `mm-${pid}.img`);
    const stacks = await Promise.all(threads.map(async (thread) => decodeStackPointer(await read(`core-${thread}.img`), `core-${thread}.img`)));
    // CRIU means to except the page of each stack pointer, compares where in their pages the two lie, and so excepts all pages, or none.
    const lazy = stacks.some((address) => address % pageSizeBytes === 0) ? [] : areas;
    await writeFile(join(imagesDir, name), uncoverPagemap(bytes, name, lazy), { mode: 0o600 });
  }
}

function noneThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
