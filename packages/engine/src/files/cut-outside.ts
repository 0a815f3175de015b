import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { openPlain } from './open-plain.js';

export interface SavedTail {
  readonly path: string;
  readonly savedAs: string;
  readonly bytes: number;
}

const blockBytes = 1 << 20;

export interface CutOptions {
  readonly sizeBytes: number;
  /** The file's inode number. */
  readonly ino: string;
  readonly saveDir: string;
}

/**
 * Saves what lies beyond `sizeBytes` in a new file, durably, and only then cuts it off. Rejects with the file untouched where the tail cannot be kept
 * whole, where a link leads to the file, or where it is another one by now.
 */
export async function cutToLength(path: string, { sizeBytes, ino, saveDir }: CutOptions): Promise<SavedTail> {
  await using file = await openPlain(path, constants.O_RDWR).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ELOOP' || code === 'ENOTDIR') throw notKept(path, path, 'a link lies on the way to it');
    throw error;
  });
  if (String((await file.stat({ bigint: true })).ino) !== ino) throw notKept(path, path, 'another file has that name by now');
  await makeOwnFolder(saveDir);
  const { handle, name } = await createTail(saveDir, `${basename(path)}.tail-from-${sizeBytes}`);
  await using tail = handle;
  const bytes = await copyTail(file, sizeBytes, tail);
  const [whole, saved] = [(await file.stat()).size, (await tail.stat()).size];
  if (saved !== bytes || whole !== sizeBytes + bytes) throw notKept(path, name, 'it changed while its end was saved');
  await tail.sync();
  for (const folder of [saveDir, dirname(saveDir), dirname(dirname(saveDir))]) await syncFolder(folder);
  await file.truncate(sizeBytes);
  return { path, savedAs: name, bytes };
}

async function createTail(saveDir: string, wanted: string): Promise<{ readonly handle: FileHandle; readonly name: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const name = join(saveDir, attempt === 1 ? wanted : `${wanted}~${attempt}`);
    try {
      return { handle: await open(name, 'wx', 0o600), name };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

async function copyTail(file: FileHandle, from: number, tail: FileHandle): Promise<number> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (let done = 0; ; ) {
    const { bytesRead } = await file.read(block, 0, blockBytes, from + done);
    if (bytesRead === 0) return done;
    // A full disk takes a part of a write, and tells only of the next one.
    for (let written = 0; written < bytesRead; ) {
      const { bytesWritten } = await tail.write(block, written, bytesRead - written, done + written);
      written += bytesWritten;
    }
    done += bytesRead;
  }
}

/** Makes the last two levels, one by one: neither is reached through a link that somebody planted in a tracked folder. */
async function makeOwnFolder(path: string): Promise<void> {
  for (const folder of [dirname(path), path]) {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    if (!(await lstat(folder)).isDirectory()) throw notKept(path, folder, `${folder} is no folder of its own`);
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

function notKept(path: string, place: string, why: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the end of ${path} could not be kept: ${why}`,
    kind: 'conflict',
    operation: 'files.outside',
    context: { path, place },
    hint: 'nothing was cut; move what is in the way and run the line again',
  });
}
