import { realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { HoldfastError } from '@holdfast/core';

/** The system's own: a snapshot of them would be one of the machine, and putting it back would undo the machine's own changes. With all below them. */
const systemTrees = ['/proc', '/sys', '/dev', '/run', '/boot', '/etc', '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Folders that hold everybody's things: not themselves, though a folder in them may be a job's own. */
const sharedFolders = [
  '/',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/root',
  '/srv',
  '/tmp',
  '/var',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/spool',
  '/var/tmp',
];

const homeDirectory = /^\/home\/[^/]+$/;

/**
 * Rejects with HF_TRACK_PATH a path that must not be a tracked root: missing, not a directory, a system folder or anything in one, a folder of many
 * things (`/`, `/tmp`, `/var`), a home directory itself. Gives the path without symbolic links, which is the one to track: a root is opened as it is.
 */
export async function assertTrackable(path: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    throw refused(path, 'it does not exist or cannot be reached', 'name a folder that exists', error);
  });
  // A regular file on its own would need its folder's times and its own place for saved copies.
  if (!(await stat(real)).isDirectory()) throw refused(path, 'it is not a directory', 'track the folder that holds it');
  const own = 'cd to a folder of the job’s own and run there, or track such a folder';
  if (systemTrees.some((tree) => real === tree || real.startsWith(`${tree}/`))) throw refused(path, 'it belongs to the system', own);
  if (sharedFolders.includes(real)) throw refused(path, 'it holds more than this job’s files', own);
  if (homeDirectory.test(real) || real === userInfo().homedir) throw refused(path, 'a home directory holds more than this job’s files', own);
  return real;
}

function refused(path: string, why: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_TRACK_PATH', {
    message: `${path} cannot be tracked: ${why}`,
    kind: 'invalid-argument',
    operation: 'files.track',
    context: { path },
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
