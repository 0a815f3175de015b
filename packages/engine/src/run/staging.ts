import { mkdir } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { type Room, roomForDump, systemRoom } from './room.js';

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
  room: Room = systemRoom,
): Promise<{ readonly directory: string; readonly kind: 'memory' | 'disk' }> {
  const wanted = roomForDump(expectedBytes);
  const inMemory = room.memoryBytes() > wanted + besideBytes && (await room.freeBytes(places.memoryDirectory)) > wanted;
  if (!inMemory && !places.plainDisk) throw plainStaging(places, wanted);
  const directory = inMemory ? places.memoryDirectory : places.diskDirectory;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { directory, kind: inMemory ? 'memory' : 'disk' };
}

function plainStaging({ memoryDirectory, diskDirectory }: StagingPlaces, wantedBytes: number): HoldfastError {
  return new HoldfastError('HF_STAGING_PLAIN', {
    message: `${memoryDirectory} has no room for memory images (${Math.ceil(wantedBytes / 1024 ** 2)} MiB are wanted), and ${diskDirectory} would hold them unencrypted`,
    kind: 'no-space',
    operation: 'staging',
    hint: "Give the machine more memory, or set 'encryption.allowPlainDiskStaging' to true where the disk is encrypted by itself",
  });
}
