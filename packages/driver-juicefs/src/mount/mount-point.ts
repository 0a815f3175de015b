import { type FileHandle, mkdir, open, rmdir } from 'node:fs/promises';
import { runAbandonable } from '@holdfast/core';

const timeoutMs = 5000;

/** A directory that waits to be mounted on. */
export interface MountPoint {
  /** Once something is mounted there. */
  mounted(): Promise<void>;
  /** Where nothing came. Leaves what is mounted there, or holds files of somebody's. */
  remove(): Promise<void>;
}

/**
 * Makes the directory to mount on, one that nobody can write to, root neither: what a program wrote there meanwhile would lie on this machine's own disk,
 * and be hidden by the mount. Where the file system knows no such mark, or this user may not set it, it is an ordinary directory, for as long as the mount takes.
 */
export async function makeMountPoint(path: string): Promise<MountPoint> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const directory = await open(path);
  await mark('+i', path);
  return {
    mounted: () => unmark(directory),
    remove: async () => {
      await unmark(directory);
      await removeMountPoint(path);
    },
  };
}

/** Takes the bare directory away, also one whose maker was killed. Leaves what is mounted there, or holds files of somebody's. */
export async function removeMountPoint(path: string): Promise<void> {
  const gone = await rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'EPERM',
  );
  if (gone) return;
  await mark('-i', path);
  await rmdir(path).catch(() => undefined);
}

/** The directory itself, also where something is mounted on it by now: that is not asked, and cannot hang this. */
async function unmark(directory: FileHandle): Promise<void> {
  await mark('-i', `/proc/${process.pid}/fd/${directory.fd}/.`);
  await directory.close();
}

async function mark(flag: '+i' | '-i', path: string): Promise<void> {
  await runAbandonable({ command: '/usr/bin/chattr', args: [flag, '--', path], timeoutMs });
}
