import { lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerUsers } from '../oci/container-users.js';

/** One user and one group of the machine. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * CRIU restores a container with a user namespace as that container's root, for whom images of the agent's are a stranger's. They become that root's until
 * the returned is disposed of; who may read them by their mode stays as it is. CRIU comes to them by the folder that it opened before, so folders above
 * stay closed to that root, and with them the images to its other processes.
 *
 * - Nothing is done where the container shares the users of the machine, or has no root.
 * - Disposal makes them the caller's once more; what is gone by then is passed over.
 */
export async function lendImages(folder: string, users: ContainerUsers, own: Owner = ownUser()): Promise<AsyncDisposable> {
  const root = rootOf(users);
  if (root === undefined) return { [Symbol.asyncDispose]: async () => undefined };
  const lent: AsyncDisposable = { [Symbol.asyncDispose]: () => give(folder, own, { mayBeGone: true }) };
  try {
    await give(folder, root, { mayBeGone: false });
  } catch (error) {
    await lent[Symbol.asyncDispose]();
    throw error;
  }
  return lent;
}

/** Undefined where the container shares the users of the machine, or has no root. */
function rootOf({ uids, gids }: ContainerUsers): Owner | undefined {
  const [uid, gid] = [uids, gids].map((ranges) => ranges.find(({ containerID, size }) => containerID === 0 && size > 0)?.hostID);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The folder last: who has it may come to its files. Images have no folders below. */
async function give(folder: string, { uid, gid }: Owner, { mayBeGone }: { readonly mayBeGone: boolean }): Promise<void> {
  const pass = (error: unknown): void => {
    if (!mayBeGone || !isGone(error)) throw error;
  };
  const names = await readdir(folder).catch((error: unknown) => (pass(error), []));
  for (const path of [...names.map((name) => join(folder, name)), folder]) await lchown(path, uid, gid).catch(pass);
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function ownUser(): Owner {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}
