import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import { cutToLength, type SavedTail } from './cut-outside.js';
import type { FilePlaces } from './file-places.js';

const recordsSchema = z.array(
  z.object({
    // One that leads elsewhere than it says was written by nobody of ours.
    path: z.string().refine((path) => path.startsWith('/') && resolve(path) === path),
    dev: z.string().regex(/^\d+$/),
    ino: z.string().regex(/^\d+$/),
    sizeBytes: z.number().int().nonnegative(),
    mtimeNs: z
      .string()
      .regex(/^-?\d+$/)
      .nullable(),
    access: z.enum(['append', 'write']),
  }),
);

type OutsideRecord = z.infer<typeof recordsSchema>[number] & { readonly hostPath: string };

export interface CheckOutsideOptions {
  /** Absolute; made where a tail has to be saved. */
  readonly saveDir: string;
  /** Of a job with a file system of its own. Default: it sees the machine's files at their place. */
  readonly places?: FilePlaces | undefined;
}

/**
 * Makes the files outside the tracked paths what the snapshot expects, before anything else of a restore. One that only was appended to since is cut
 * to its recorded length, its tail saved in `saveDir` first; a repeat finds nothing left to do.
 *
 * - Rejects with HF_RESTORE_REFUSED naming the file where one is gone, shorter or changed otherwise. All are looked at before any is cut.
 */
export async function checkOutside(records: unknown, { saveDir, places }: CheckOutsideOptions): Promise<{ readonly tails: readonly SavedTail[] }> {
  const parsed = recordsSchema.safeParse(records);
  if (!parsed.success) {
    throw new HoldfastError('HF_MANIFEST_CORRUPT', {
      message: `the snapshot's list of files outside the tracked paths is not whole: ${z.prettifyError(parsed.error)}`,
      kind: 'corrupt',
      operation: 'files.outside',
    });
  }
  const toCut: OutsideRecord[] = [];
  for (const parsedRecord of parsed.data) {
    const record = { ...parsedRecord, hostPath: placeOf(parsedRecord.path, places) };
    if (await needsCut(record)) toCut.push(record);
  }
  const tails: SavedTail[] = [];
  for (const { hostPath, sizeBytes, ino } of toCut) tails.push(await cutToLength(hostPath, { sizeBytes, ino, saveDir }));
  return { tails };
}

function placeOf(path: string, places: FilePlaces | undefined): string {
  if (places === undefined) return path;
  const hostPath = places.hostPathOf(Buffer.from(path, 'utf8').toString('latin1'));
  if (hostPath === undefined) throw refused(path, 'no file system of this machine is there now', 'give the container the mounts that it had');
  return Buffer.from(hostPath, 'latin1').toString('utf8');
}

async function needsCut({ path, hostPath, ino, sizeBytes, mtimeNs, access }: OutsideRecord): Promise<boolean> {
  const status = await lstat(hostPath, { bigint: true }).catch(() => undefined);
  if (status === undefined) throw refused(path, 'it is gone', 'put it back');
  if (!status.isFile()) throw refused(path, 'it is no regular file any more', 'put the file back');
  const size = Number(status.size);
  if (size < sizeBytes) throw refused(path, `it has ${size} bytes now and had ${sizeBytes}`, 'put the file back as it was');
  // A log that was rotated has another file under its name. What was in place on one machine only, another one cannot tell: it is refused too.
  if (String(status.ino) !== ino) throw refused(path, 'another file has that name now', 'put the file back');
  // What is appended to lies at the end: a new time with the old length is a tail that was cut before.
  if (access === 'append') return size > sizeBytes;
  if (size > sizeBytes) throw refused(path, `it grew from ${sizeBytes} to ${size} bytes, and not by appending only`, 'put the file back as it was');
  if (mtimeNs !== null && String(status.mtimeNs) !== mtimeNs)
    throw refused(path, 'it was written to since', 'put the file back as it was, with its time');
  return false;
}

function refused(path: string, why: string, remedy: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the job had ${path} open for writing outside the tracked paths, and ${why}`,
    kind: 'conflict',
    operation: 'files.outside',
    context: { path },
    hint: `${remedy}, or start the job anew with --fresh (a container: under another HOLDFAST_JOB); --track its folder, and it comes back with the job`,
  });
}
