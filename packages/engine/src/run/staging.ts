import { mkdir, statfs } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';

const gibibyte = 1024 ** 3;

export interface StagingPlaces {
  readonly memoryDirectory: string;
  readonly diskDirectory: string;
  /** False where memory images must not lie on the disk: the repository is encrypted, the disk may not be. */
  readonly plainDisk: boolean;
}

/**
 * Where a plain dump of `expectedBytes` goes: memory (tmpfs) where it clearly fits beside what the machine needs, else disk.
 * `besideBytes` of memory are wanted for something else meanwhile. Never the shared storage: a frozen job must not wait for a network. Rejects with HF_STAGING_PLAIN where only the disk is left and may not be used.
 */
export async function chooseStaging(
  places: StagingPlaces,
  expectedBytes: number,
  besideBytes = 0,
): Promise<{ readonly directory: string; readonly kind: 'memory' | 'disk' }> {
  const wanted = roomForDump(expectedBytes);
  // What this process's control group leaves it, not only what the machine has.
  const inMemory = process.availableMemory() > wanted + besideBytes && (await freeBytes(places.memoryDirectory)) > wanted;
  if (!inMemory && !places.plainDisk) throw plainStaging(places, wanted);
  const directory = inMemory ? places.memoryDirectory : places.diskDirectory;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { directory, kind: inMemory ? 'memory' : 'disk' };
}

/** What has to be free for a dump of so many bytes to fit clearly. */
export function roomForDump(expectedBytes: number): number {
  return expectedBytes * 1.25 + gibibyte;
}

function plainStaging({ memoryDirectory, diskDirectory }: StagingPlaces, wantedBytes: number): HoldfastError {
  return new HoldfastError('HF_STAGING_PLAIN', {
    message: `${memoryDirectory} has no room for memory images (${Math.ceil(wantedBytes / 1024 ** 2)} MiB are wanted), and ${diskDirectory} would hold them unencrypted`,
    kind: 'no-space',
    operation: 'staging',
    hint: "Give the machine more memory, or set 'encryption.allowPlainDiskStaging' to true where the disk is encrypted by itself",
  });
}

/** Free space of a file system, 0 where it cannot be used. The folder is made. */
export async function freeBytes(directory: string): Promise<number> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
