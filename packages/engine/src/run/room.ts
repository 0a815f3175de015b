import { mkdir, statfs } from 'node:fs/promises';

const gibibyte = 1024 ** 3;

/** What there is room for on this machine, as a run asks for it. */
export interface Room {
  /** What this process's control group leaves it, not only what the machine has. */
  memoryBytes(): number;
  /** Free space of a file system, 0 where it cannot be used. The folder is made. */
  freeBytes(directory: string): Promise<number>;
}

export const systemRoom: Room = {
  memoryBytes: () => process.availableMemory(),
  freeBytes: async (directory) => {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    } catch {
      return 0;
    }
  },
};

/** What has to be free for a dump of so many bytes to fit clearly. */
export function roomForDump(expectedBytes: number): number {
  return expectedBytes * 1.25 + gibibyte;
}
