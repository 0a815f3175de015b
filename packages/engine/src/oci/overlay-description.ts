import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { HostMount } from '../container/host-mounts.js';

/** An overlay mount as it has to be made again. Directories are absolute. */
export interface OverlayDescription {
  readonly mountPoint: string;
  readonly upperDirectory: string;
  readonly workDirectory: string;
  /** The uppermost first. */
  readonly lowerDirectories: readonly string[];
  /** The options as they were given, directories as they were written. */
  readonly options: readonly string[];
  /** Where relative directories begin. */
  readonly baseDirectory: string;
  /** Of the mount, not of the file system: `rw`, `nodev`, `relatime`. */
  readonly mountFlags: readonly string[];
}

/** Options that are the kernel's own words, or the default: mount would refuse some of them. */
const unneeded = new Set(['rw', 'ro', 'seclabel', 'redirect_dir=off', 'redirect_dir=nofollow', 'metacopy=off', 'nouserxattr']);
/** Options that change nothing of what lies in the upper directory. */
const understood = /^(?:lowerdir|upperdir|workdir|index|xino|uuid|nfs_export|userxattr|volatile|context|fscontext|defcontext|rootcontext)(?:=|$)/;

/**
 * Reads how an overlay was mounted. Rejects with HF_CONTAINER_FILES where what it keeps in its upper directory would mean something else elsewhere
 * (directories that were renamed, files whose content lies in another layer), or where an option is not known.
 */
export async function describeOverlay(mount: HostMount, parametersFolder = '/sys/module/overlay/parameters'): Promise<OverlayDescription> {
  // What is the kernel's default is not among the options.
  const defaults = await Promise.all(['redirect_dir', 'metacopy'].map((name) => defaultOption(name, parametersFolder)));
  const named = mount.superOptions.map(unescapeOption);
  const hidden = defaults.filter((option) => option !== undefined && !named.some((other) => other.split('=')[0] === option.split('=')[0]));
  const options = [...named, ...hidden.filter((option) => option !== undefined)].filter((option) => !unneeded.has(option));
  for (const option of options) assertUnderstood(option, mount.mountPoint);
  const value = (name: string): string | undefined => options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const [lower, upper, work] = [value('lowerdir'), value('upperdir'), value('workdir')];
  if (lower === undefined || upper === undefined || work === undefined)
    throw refused(
      mount.mountPoint,
      'it has no upper directory: nothing that the container writes would be kept',
      'start the container with --read-only',
    );
  const lowers = lower.split(':');
  const directories = [...lowers, upper, work];
  const odd = directories.find((path) => path === '' || /[\\,]/.test(path));
  if (odd !== undefined)
    throw refused(mount.mountPoint, `the name ${JSON.stringify(odd)} of a layer cannot be given to mount again`, 'move the data root');
  const baseDirectory = await baseOf(mount.mountPoint, upper, directories);
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(baseDirectory, path));
  return {
    mountPoint: mount.mountPoint,
    upperDirectory: absolute(upper),
    workDirectory: absolute(work),
    lowerDirectories: lowers.map(absolute),
    options,
    baseDirectory,
    mountFlags: mount.options,
  };
}

function assertUnderstood(option: string, mountPoint: string): void {
  const [name = ''] = option.split('=');
  if (name === 'redirect_dir' || name === 'metacopy')
    throw refused(
      mountPoint,
      `it is mounted with ${option}: its upper directory cannot be understood without its layers`,
      `turn it off: echo N > /sys/module/overlay/parameters/${name}, for good by options overlay ${name}=off in /etc/modprobe.d`,
    );
  if (!understood.test(option))
    throw refused(mountPoint, `its option ${option} is not known to Holdfast`, 'use the storage driver overlay2 with its standard options');
}

async function defaultOption(name: string, folder: string): Promise<string | undefined> {
  const value = await readFile(join(folder, name), 'utf8').catch(() => '');
  return value.trim() === 'Y' ? `${name}=on` : undefined;
}

/** Storage drivers shorten long lists of layers by working from their own folder: one above the mount point, or above the upper directory. */
async function baseOf(mountPoint: string, upper: string, directories: readonly string[]): Promise<string> {
  const relative = directories.filter((path) => !isAbsolute(path));
  if (relative.length === 0) return '/';
  for (const base of [...ancestors(mountPoint), ...(isAbsolute(upper) ? ancestors(upper) : [])]) {
    if ((await Promise.all(relative.map((path) => isDirectory(join(base, path))))).every(Boolean)) return base;
  }
  throw refused(mountPoint, `its layer ${relative[0]} is in no folder above it`, 'use the storage driver overlay2 with its standard options');
}

function ancestors(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [above, ...ancestors(above)];
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

function unescapeOption(option: string): string {
  return option.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function refused(mountPoint: string, why: string, hint: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_FILES', {
    message: `the container's root file system at ${mountPoint} cannot be captured: ${why}`,
    kind: 'unsupported',
    operation: 'container.files',
    context: { mountPoint },
    hint,
  });
}
