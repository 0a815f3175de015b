import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeIsSubreaper } from '../images/subreaper.js';
import { namespacePids } from './namespace-pids.js';

/**
 * Which of the processes orphans come to, instead of to the job's init: /proc does not tell, the dump of the same instant in the folder does. `pids`: as this
 * machine numbers them.
 */
export async function findSubreapers(imagesDir: string, pids: readonly number[], initPid: number): Promise<readonly number[]> {
  const level = (await namespacePids(initPid)).length - 1;
  const found = await Promise.all(pids.map((pid) => isSubreaper(imagesDir, pid, level)));
  return pids.filter((_, index) => found[index] === true);
}

async function isSubreaper(imagesDir: string, pid: number, level: number): Promise<boolean> {
  const name = `core-${(await namespacePids(pid))[level] ?? pid}.img`;
  return decodeIsSubreaper(await readFile(join(imagesDir, name)), name);
}
