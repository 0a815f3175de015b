import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';

const keyBytes = 32;

/** Writes a new key in hexadecimal to a file that its owner alone may read, durably. Rejects with HF_KEY_UNAVAILABLE where it cannot; what is there stays as it is. */
export async function writeNewKey(path: string, makeKey: () => Buffer = () => randomBytes(keyBytes)): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw refused(path, error);
  });
  try {
    await writeAndClose(file, makeKey);
    await using directory = await open(dirname(path), 'r');
    await directory.sync();
  } catch (error) {
    // Half a key would be taken for one that was lost.
    await unlink(path).catch(() => undefined);
    throw refused(path, error);
  }
}

async function writeAndClose(file: FileHandle, makeKey: () => Buffer): Promise<void> {
  await using opened = file;
  await opened.chmod(0o600);
  await opened.writeFile(`${makeKey().toString('hex')}\n`);
  await opened.sync();
}

function refused(path: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  if (code === 'EEXIST')
    return new HoldfastError('HF_USAGE', {
      kind: 'invalid-argument',
      message: `${path} is there already, and a key is never overwritten: without it nobody could read what it encrypted`,
      hint: 'Name a file that is not there',
      context: { path },
      cause,
    });
  return new HoldfastError('HF_KEY_UNAVAILABLE', {
    kind: 'unavailable',
    message: `The key cannot be written to ${path} (${code})`,
    hint: 'Name a file in a directory that is there and that this user can write',
    context: { path },
    cause,
  });
}
