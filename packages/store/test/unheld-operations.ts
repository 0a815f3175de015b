import { stat } from 'node:fs/promises';
import { createFileOperations, type FileOperations, type OpenFile } from '@holdfast/store/internal';
import { systemError } from './scripted-operations.js';

/** What is read of a file that another machine removed since it was opened: an error, or zeros. */
export type Afterlife = 'ENOENT' | 'ESTALE' | 'EBADF' | 'EIO' | 'zeros';

/**
 * The real operations as storage shows them that machines share: a file that was removed or replaced since it was opened cannot be read any more. A local
 * file system would keep it for whoever has it open.
 */
export function unheldOperations(afterlife: Afterlife = 'ENOENT', inner: FileOperations = createFileOperations()): FileOperations {
  const open: FileOperations['open'] = async (path, access) => {
    const file = await inner.open(path, access);
    if (access !== 'read') return file;
    const opened = await identityOf(path);
    const isThere = async (): Promise<boolean> => opened !== undefined && (await identityOf(path)) === opened;
    const kept: OpenFile = {
      ...file,
      descriptor: undefined,
      info: async () => {
        if (!(await isThere()) && afterlife !== 'zeros') throw systemError(afterlife);
        return await file.info();
      },
      read: async (target, position) => {
        if (await isThere()) return await file.read(target, position);
        if (afterlife !== 'zeros') throw systemError(afterlife);
        target.fill(0);
        return target.length;
      },
    };
    return kept;
  };
  return { ...inner, open };
}

/** The same, and something happens before each of a reader's steps: a listing, an opening, a reading. */
export function interruptedReading(
  before: (ordinal: number) => Promise<void>,
  inner: FileOperations,
): { readonly files: FileOperations; readonly count: () => number } {
  let ordinal = 0;
  const step = async (): Promise<void> => {
    ordinal += 1;
    await before(ordinal - 1);
  };
  const files: FileOperations = {
    ...inner,
    list: async (path) => {
      await step();
      return await inner.list(path);
    },
    open: async (path, access) => {
      await step();
      const file = await inner.open(path, access);
      return {
        ...file,
        read: async (target, position) => {
          await step();
          return await file.read(target, position);
        },
      };
    },
  };
  return { files, count: () => ordinal };
}

/** While the file is open no other one can get this. */
async function identityOf(path: string | Uint8Array): Promise<string | undefined> {
  const found = await stat(Buffer.from(path), { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}.${found.ino}`;
}
