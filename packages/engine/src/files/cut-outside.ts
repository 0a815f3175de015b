import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface SavedTail {
  readonly path: string;
  readonly savedAs: string;
  readonly bytes: number;
}

const blockBytes = 1 << 20;

/** Saves what lies beyond `sizeBytes` in a new file, durably, and only then cuts it off. */
export async function cutToLength(path: string, sizeBytes: number, saveDir: string): Promise<SavedTail> {
  await mkdir(saveDir, { recursive: true, mode: 0o700 });
  await using file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  const { handle, name } = await createTail(saveDir, `${basename(path)}.tail-from-${sizeBytes}`);
  await using tail = handle;
  const bytes = await copyTail(file, sizeBytes, tail);
  await tail.sync();
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
    await tail.write(block, 0, bytesRead, done);
    done += bytesRead;
  }
}
