import { readdir, readFile, readlink } from 'node:fs/promises';
import { type HostMount, parseMountInfo } from '../container/host-mounts.js';

/** A process in another mount namespace, to which an unmount here does not come through. */
export interface MountHolder {
  readonly pid: number;
  readonly name: string;
  readonly mountPoint: string;
}

/**
 * Who else has the file system of this mount. While there is one it lives on, and a second one on the same upper directory would be nobody's guess.
 * One a namespace; copies that follow this mount are left out, they go with it.
 */
export async function holdersOf(mount: HostMount): Promise<readonly MountHolder[]> {
  const own = await readlink('/proc/self/ns/mnt');
  const here = await mountsOf('self', mount);
  const groups = new Set(here.filter(({ mountPoint }) => mountPoint === mount.mountPoint).flatMap(({ peers }) => peers));
  const seen = new Set([own]);
  const holders: MountHolder[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => own);
    if (seen.has(namespace)) continue;
    seen.add(namespace);
    const held = (await mountsOf(pid, mount)).findLast(({ peers }) => !peers.some((peer) => groups.has(peer)));
    if (held === undefined) continue;
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'one that is gone')).trim();
    holders.push({ pid: Number(pid), name, mountPoint: held.mountPoint });
  }
  return holders;
}

interface DeviceMount {
  readonly mountPoint: string;
  /** The groups of mounts of which it gets what happens. */
  readonly peers: readonly string[];
}

/**
 * The mounts of the same file system, by more than its device: where this mount was the last of it, the kernel gives that number to the next file system that
 * anybody mounts. Mountinfo has the optional fields between the mount's options and a lone hyphen.
 */
async function mountsOf(pid: string, { device, type, superOptions }: HostMount): Promise<readonly DeviceMount[]> {
  const text = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [found] = parseMountInfo(line);
    if (found?.device !== device || found.type !== type || found.superOptions.join() !== superOptions.join()) return [];
    const fields = (line.split(' - ')[0] ?? '').split(' ');
    const peers = fields.slice(6).flatMap((field) => /^(?:shared|master):(\d+)$/.exec(field)?.[1] ?? []);
    return [{ mountPoint: found.mountPoint, peers }];
  });
}
