import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobProcess, pidsOf } from '../container/job-processes.js';
import { decodeIsSubreaper } from '../images/subreaper.js';

/** Which of the processes orphans come to, instead of to the job's init: /proc does not tell, the dump of the same instant in the folder does. */
export async function findSubreapers(imagesDir: string, processes: readonly JobProcess[]): Promise<readonly number[]> {
  const found = await Promise.all(processes.map((process) => isSubreaper(imagesDir, process)));
  return pidsOf(processes.filter((_, index) => found[index] === true));
}

async function isSubreaper(imagesDir: string, { imagePid }: JobProcess): Promise<boolean> {
  const name = `core-${imagePid}.img`;
  return decodeIsSubreaper(await readFile(join(imagesDir, name)), name);
}
