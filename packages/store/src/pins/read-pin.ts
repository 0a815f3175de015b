import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core/basics';
import { ensureDirectory } from '../files/directories.js';
import { temporaryName } from '../files/names.js';
import { removeIfThere, writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { readPinName } from './pin-name.js';
import { defaultPinLifetimeMs, encodePin } from './pin-record.js';

/** A snapshot that no prune removes until this is disposed of; renewed all the while. */
export type ReadPin = AsyncDisposable;

const noPin: ReadPin = { [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * Pins a snapshot for somebody who reads it. He must look *afterwards* whether it is there: docs/format.md, "Pins". Storage that takes no pin, because it
 * is full or read-only, is read without one: a restore matters more, and every block is verified.
 */
export async function pinToRead(context: StoreContext, paths: JobPaths, number: number, why: string): Promise<ReadPin> {
  const { pinLifetimeMs: lifetimeMs = defaultPinLifetimeMs } = context;
  const path = join(paths.pins, readPinName(number));
  const createdAt = context.clock.now().toISOString();
  const content = encodePin({ job: paths.job, number, why, createdAt, lifetimeMs });
  try {
    await ensureDirectory(context.files, paths.pins, 'job-directory');
    await putPin(context, path, content);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    if (error.kind !== 'not-found') context.logger.warn({ job: paths.job, number, error }, 'a snapshot is read without a pin');
    return noPin;
  }
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = putPin(context, path, content).catch((error: unknown) => {
      context.logger.warn({ job: paths.job, number, error }, 'a pin was not renewed');
    });
  }, lifetimeMs / 4);
  timer.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await renewing;
      await removeIfThere(context.files, path).catch(() => false);
    },
  };
}

/** A renewal is the same content under the same name: the storage gives the file a new time. Not synced, since no reader outlives a loss of power. */
async function putPin({ files }: StoreContext, path: string, content: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeNewFile(files, temporary, [content], undefined);
    await files.rename(temporary, path);
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => false);
    throw error;
  }
}
