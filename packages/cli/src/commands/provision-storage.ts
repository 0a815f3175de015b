import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import type { OpenedDeployment } from './command-context.js';

/**
 * Makes the local storage that `run` needs: the default one always, a named directory where its parent exists.
 * Other kinds are left alone: they cost money, so nobody gets one by a typing error. Whether one was made.
 */
export async function provisionStorage(opened: OpenedDeployment, signal: AbortSignal): Promise<boolean> {
  const { storage } = opened.deployment;
  const directory = opened.storageDirectory;
  if (directory === undefined || (await storage.inspect({ signal })).state !== 'absent') return false;
  if (opened.storageFrom !== 'default') await assertParent(directory);
  await storage.provision({ signal });
  return true;
}

async function assertParent(directory: string): Promise<void> {
  const parent = dirname(directory);
  const found = await stat(parent).catch(() => undefined);
  if (found?.isDirectory() === true) return assertMountedForWriting(directory, parent);
  throw new HoldfastError('HF_STORAGE_NOT_DIRECTORY', {
    kind: 'not-found',
    message: `the storage ${directory} cannot be made: ${parent} ${found === undefined ? 'does not exist' : 'is no directory'}`,
    hint: `Mount or make ${parent} first, or name another directory with --storage`,
    context: { directory, parent },
  });
}

/** The recursive mkdir of Node says ENOENT there. */
async function assertMountedForWriting(directory: string, parent: string): Promise<void> {
  const code = await access(parent, constants.W_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (code !== 'EROFS') return;
  throw new HoldfastError('HF_STORAGE_READ_ONLY', {
    kind: 'permission',
    message: `the storage ${directory} cannot be made: ${parent} is on a file system that is mounted read-only`,
    hint: 'Mount it for writing, or name another directory with --storage',
    context: { directory, parent },
  });
}
