import { readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '@holdfast/core';
import { removeFolder } from '../container/remove-folder.js';
import { ownFolderName } from '../files/index.js';

export interface KeptFolders {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Of what was kept of jobs beside the repository: of one job, of all, and for how long. */
const [mostOfJob, mostOfAll, longestMs] = [20, 1000, 30 * 24 * 3_600_000];
const everyMs = 3_600_000;

/** Bounds what the agent keeps, now and once an hour, until it is disposed of. */
export function boundKept(kept: KeptFolders): Disposable {
  void removeOld(kept);
  const timer = setInterval(() => void removeOld(kept), everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Removes logs of dumps and restores, and ends of files that resumes cut off, but for the newest twenty of a job and thousand of all that are less than thirty
 * days old. Never rejects: the next time may do what this one could not.
 */
export async function removeOld({ stateDirectory, clock, logger }: KeptFolders): Promise<void> {
  for (const [tree, below] of [
    ['diagnosis', ''],
    ['saved', ownFolderName],
  ] as const) {
    const top = join(stateDirectory, 'agent', tree);
    const jobs = await readdir(top).catch(() => []);
    const newestFirst = (await Promise.all(jobs.map((job) => foldersOf(join(top, job, below))))).flatMap((folders) =>
      folders.map((folder, place) => ({ ...folder, place })),
    );
    newestFirst.sort((left, right) => right.mtimeMs - left.mtimeMs);
    const tooOldMs = clock.now().getTime() - longestMs;
    for (const [place, { path, mtimeMs, place: ofJob }] of newestFirst.entries()) {
      if (place < mostOfAll && ofJob < mostOfJob && mtimeMs > tooOldMs) continue;
      if (tree === 'saved') logger.info({ folder: path }, 'what a resume had cut off a file is kept no longer');
      await removeFolder(path).catch((error: unknown) =>
        logger.warn({ folder: path, error: String(error) }, 'what was kept long enough was not removed'),
      );
    }
    // Those that are empty.
    for (const job of jobs) for (const folder of [join(top, job, below), join(top, job)]) await rmdir(folder).catch(() => undefined);
  }
}

/** The newest first. */
async function foldersOf(directory: string): Promise<readonly { readonly path: string; readonly mtimeMs: number }[]> {
  const names = await readdir(directory).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const status = await stat(path).catch(() => undefined);
      return status === undefined ? [] : [{ path, mtimeMs: status.mtimeMs }];
    }),
  );
  return found.flat().sort((left, right) => right.mtimeMs - left.mtimeMs);
}
