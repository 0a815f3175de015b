import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { HoldfastError } from '@holdfast/core';
import { archiveFolderMissing, archiveIo } from './archive-errors.js';
import type { ByteSink } from './tar-writer.js';

/** Where an archive is written to. Given up without `finish`, nothing of it is left. */
export interface ArchiveTarget extends ByteSink, AsyncDisposable {
  /** Resolves when the archive is whole and, where it is a file, lasting under its name. */
  finish(): Promise<void>;
}

/** A file that is written beside its place, synced and renamed (mode 0600); or a stream of the caller's, which is left open. Rejects with HF_USAGE where the file is there already. */
export function openArchiveTarget(target: string | Writable): Promise<ArchiveTarget> {
  return typeof target === 'string' ? openFileTarget(target) : Promise.resolve(streamTarget(target));
}

async function openFileTarget(path: string): Promise<ArchiveTarget> {
  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      throw isWithoutFolder(error) ? archiveFolderMissing(path, dirname(path), error) : archiveIo('written', path, error);
    }
  };
  await translated(() => assertFree(path));
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.partial`);
  const file = await translated(() => open(temporary, 'wx', 0o600));
  let [isOpen, isThere] = [true, true];
  return {
    write: (bytes) => translated(() => file.writeFile(bytes)),
    finish: () =>
      translated(async () => {
        await file.sync();
        isOpen = false;
        await file.close();
        await assertFree(path);
        await rename(temporary, path);
        isThere = false;
        await using directory = await open(dirname(path), 'r');
        await directory.sync();
      }),
    [Symbol.asyncDispose]: async () => {
      if (isOpen) await file.close().catch(() => undefined);
      if (isThere) await rm(temporary, { force: true }).catch(() => undefined);
    },
  };
}

function isWithoutFolder(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

async function assertFree(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  throw new HoldfastError('HF_USAGE', {
    message: `${path} is there already`,
    kind: 'invalid-argument',
    operation: 'export',
    context: { path },
    hint: 'name another file, or remove it first',
  });
}

function streamTarget(stream: Writable): ArchiveTarget {
  const name = 'on the given stream';
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(archiveIo('written', name, error))));
      }),
    finish: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
