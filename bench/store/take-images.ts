import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChangingJob } from './changing-job.ts';
import type { Subject } from './subject.ts';

export interface Images {
  readonly before: string;
  readonly after: string;
}

export interface ImageTaker {
  /** The compiled changing-job.c. */
  readonly program: string;
  /** New folders are made in it. */
  readonly folder: string;
  readonly subject: Subject;
  /** Called with a folder of images and its number, 1 and so on, while the job lives; afterwards the folders above 2 are removed. */
  readonly each?: ((images: string, number: number, previous: string | undefined) => Promise<void>) | undefined;
  /** How many dumps are made; the job changes between each two. */
  readonly count: number;
  readonly remove: (folder: string) => Promise<void>;
}

/** Dumps a live job, has it change, dumps it again. */
export async function takeImages({ program, folder, subject, each, count, remove }: ImageTaker): Promise<Images> {
  await using job = await startChangingJob(join(folder, 'job'), program, subject);
  const place = (number: number): string => join(folder, `images-${number}`);
  for (let number = 1; number <= count; number++) {
    if (number > 1) await job.change();
    await job.dump(place(number));
    const previous = number > 1 ? place(number - 1) : undefined;
    await each?.(place(number), number, previous);
    if (number > 3) await remove(place(number - 1));
  }
  if (count > 2) await remove(place(count));
  return { before: place(1), after: place(2) };
}

/** Rejects where `parent` lies in memory and that would not hold two dumps of the job, what is restored of them, and the job or the contestants. */
export async function assertFits(sizeMib: number): Promise<void> {
  const [, available = '0'] = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8')) ?? [];
  const neededMib = 3.5 * sizeMib + 1536;
  if (Number(available) / 1024 < neededMib)
    throw new Error(
      `bench store needs ${Math.ceil(neededMib)} MiB of free memory for ${sizeMib} MiB; --images FOLDER takes a folder on disk instead`,
    );
}
