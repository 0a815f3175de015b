import { dirname, join, normalize } from 'node:path';
import type { HostMount } from './host-mounts.js';

/** How a control group is frozen: what is written where, and what tells that it happened. */
export interface FreezerFiles {
  /** Of control groups. */
  readonly version: 1 | 2;
  readonly folder: string;
  /** Takes `frozen` and `thawed`. */
  readonly control: string;
  readonly frozen: string;
  readonly thawed: string;
  /** Tells the state that was reached. */
  readonly state: string;
  /** Matches the content of `state` once every process stands still. */
  readonly isFrozen: RegExp;
}

/** A process's control group by hierarchy: the path for each controller; the empty name for the unified one. */
export function parseCgroups(text: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [, controllers = '', ...path] = line.split(':');
    for (const controller of controllers.split(',')) paths.set(controller, path.join(':'));
  }
  return paths;
}

/** Where the freezer's hierarchy is mounted, and under which name a group of it is noted. */
interface FreezerHierarchy {
  readonly mount: HostMount;
  readonly controller: 'freezer' | '';
  readonly filesIn: (folder: string) => FreezerFiles;
}

function findHierarchy(mounts: readonly HostMount[]): FreezerHierarchy | undefined {
  const old = mounts.find(({ type, superOptions }) => type === 'cgroup' && superOptions.includes('freezer'));
  if (old !== undefined) return { mount: old, controller: 'freezer', filesIn: oldFiles };
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  return unified === undefined ? undefined : { mount: unified, controller: '', filesIn: unifiedFiles };
}

/**
 * The freezer of the group that runc makes for a relative path: below the caller's own group in version 1; in version 2, where a group
 * cannot have both processes and children, beside it. Undefined where no freezer is mounted.
 */
export function freezerOfNewGroup(mounts: readonly HostMount[], own: ReadonlyMap<string, string>, path: string): FreezerFiles | undefined {
  const hierarchy = findHierarchy(mounts);
  if (hierarchy === undefined) return undefined;
  const { mount, controller, filesIn } = hierarchy;
  const base = own.get(controller) ?? '/';
  return filesIn(folderOf(mount, join(controller === '' ? dirname(base) : base, path)));
}

/**
 * The freezer of a container by the folders that its runtime noted. Not by what /proc tells of its first process: of one that is on its way out version 1 tells the root
 * group, in which every process of the machine is. Undefined where none is noted, or it is no group below a hierarchy's root.
 */
export function freezerOfFolders(mounts: readonly HostMount[], folders: ReadonlyMap<string, string>): FreezerFiles | undefined {
  const hierarchy = findHierarchy(mounts);
  const noted = hierarchy === undefined ? undefined : folders.get(hierarchy.controller);
  if (hierarchy === undefined || noted === undefined) return undefined;
  const folder = normalize(noted).replace(/\/+$/, '');
  return folder.startsWith(`${hierarchy.mount.mountPoint}/`) ? hierarchy.filesIn(folder) : undefined;
}

function oldFiles(folder: string): FreezerFiles {
  const control = join(folder, 'freezer.state');
  return { version: 1, folder, control, frozen: 'FROZEN', thawed: 'THAWED', state: control, isFrozen: /^FROZEN$/m };
}

function unifiedFiles(folder: string): FreezerFiles {
  const [control, state] = [join(folder, 'cgroup.freeze'), join(folder, 'cgroup.events')];
  return { version: 2, folder, control, frozen: '1', thawed: '0', state, isFrozen: /^frozen 1$/m };
}

/** The folder in every hierarchy of the group that runc makes for a relative path. */
export function foldersOfNewGroup(mounts: readonly HostMount[], own: ReadonlyMap<string, string>, path: string): readonly string[] {
  return mounts.flatMap((mount) => {
    if (mount.type === 'cgroup2') return [folderOf(mount, join(dirname(own.get('') ?? '/'), path)), folderOf(mount, join(own.get('') ?? '/', path))];
    if (mount.type !== 'cgroup') return [];
    const controller = mount.superOptions.find((option) => own.has(option));
    return controller === undefined ? [] : [folderOf(mount, join(own.get(controller) ?? '/', path))];
  });
}

/** Inside a container a part of the hierarchy may be mounted: paths are told from its root. */
function folderOf({ mountPoint, root }: HostMount, path: string): string {
  const inside = root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
  return join(mountPoint, inside);
}
