import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { asLatin1 } from '../container/host-path.js';
import { type HostMount, isBelow, visibleMounts } from '../container/host-mounts.js';
import { assertTrackable, type FilePlaces, type TrackedRoot } from '../files/index.js';
import type { Bundle } from './bundle.js';
import { type ContainerMount, containerMounts, placeOf } from './container-mounts.js';
import { fileSystemKind } from './file-system-kinds.js';
import { describeOverlay, type OverlayDescription } from './overlay-description.js';
import { type AsksMount, createMountAsker } from './resolve-host-path.js';

/** A file system that outlives this machine: its files are left alone. */
export interface SharedMount {
  readonly destination: string;
  readonly hostPath: string;
  readonly type: string;
}

/** What of a container's files belongs to its snapshots. */
export interface ContainerFiles extends FilePlaces {
  /** In an order that is the same for the same bundle. The first is the root file system's, where that is captured. */
  readonly roots: readonly TrackedRoot[];
  /** Undefined where the root file system is read-only: nothing of it is captured. */
  readonly overlay: OverlayDescription | undefined;
  readonly shared: readonly SharedMount[];
  /** File systems in memory that are the container's own: CRIU takes them along while the job stands still. */
  readonly inMemory: readonly string[];
  /** Absolute paths on this machine that are never captured nor put back. */
  readonly exclude: readonly string[];
  /** Where file systems are mounted in the container, named by its bundle or not; sorted. A resumed one has to have the same. */
  readonly mountpoints: readonly string[];
  /** What does not come back although the container can write to it, each a sentence. */
  readonly notes: readonly string[];
  /**
   * Where the content lies that is captured: for the root file system in the upper directory, where files have other numbers than the container sees.
   * Undefined for what is in no root.
   */
  trackedPathOf(path: string): string | undefined;
}

export interface ContainerFilesOptions {
  /** Absolute paths of the container that are left out. */
  readonly exclude?: readonly string[] | undefined;
  /** Default: from processes that can be left. */
  readonly asks?: AsksMount | undefined;
}

/**
 * Sorts the places of a container that was not started yet, its root file system mounted. `hostMounts`: this machine's.
 *
 * - Rejects with HF_CONTAINER_FILES, naming the cause, where the container can write to a root file system that cannot be captured.
 * - What cannot be tracked beside it is left alone, with a note.
 */
export async function containerFiles(
  bundle: Bundle,
  hostMounts: readonly HostMount[],
  { exclude = [], asks = createMountAsker() }: ContainerFilesOptions = {},
): Promise<ContainerFiles> {
  const mounts = await containerMounts(bundle, hostMounts, asks);
  const rootPath = await realpath(bundle.rootPath).catch(() => bundle.rootPath);
  const overlay = bundle.rootReadOnly ? undefined : await overlayAt(rootPath, hostMounts);
  const notes: string[] = [];
  const own: TrackedRoot[] = overlay === undefined ? [] : [{ id: 'rootfs', hostPath: overlay.upperDirectory, destination: '/', private: true }];
  const beside: (TrackedRoot & { readonly place: string | undefined })[] = [];
  const leftAlone = new Set<string>();
  const shared: SharedMount[] = [];
  const isExcluded = (path: string): boolean => exclude.some((folder) => path === folder || isBelow(path, folder));
  for (const mount of mounts.filter((each, index) => isSeen(each, mounts.slice(index + 1)) && !isExcluded(each.destination))) {
    const { destination, hostPath, type, readOnly } = mount;
    if (hostPath === undefined || fileSystemKind(type) === 'kernel') continue;
    if (fileSystemKind(type) === 'shared') shared.push({ destination, hostPath, type });
    else if (isOwnSharedMemory(mount, bundle)) own.push({ id: 'shm', hostPath, destination, private: true });
    else if (readOnly || isEnginesOwn(mount) || leftAlone.has(mount.inside ?? '')) continue;
    else {
      const refusal = await refusalOf(mount);
      if (refusal === undefined) beside.push({ id: rootId(destination), hostPath, destination, private: false, place: mount.place });
      else {
        leftAlone.add(destination);
        notes.push(`${destination} is not captured: ${refusal}`);
      }
    }
  }
  return {
    roots: [...own, ...withoutCovered(beside, visibleMounts(hostMounts)).map(({ place: _place, ...root }) => root)],
    overlay,
    shared,
    inMemory: mounts.filter(({ type, hostPath }) => type === 'tmpfs' && hostPath === undefined).map(({ destination }) => destination),
    exclude: hostPathsOf(exclude, [...own, ...beside]),
    mountpoints: [...new Set(mounts.map(({ destination }) => destination))].sort(),
    notes,
    hostPathOf: (path) => hostPathIn(path, rootPath, mounts),
    trackedPathOf,
    comesBack,
  };

  function trackedPathOf(path: string): string | undefined {
    if (exclude.map(asLatin1).some((folder) => path === folder || isBelow(path, folder))) return undefined;
    const mount = mountAt(path, mounts);
    if (mount === undefined) return overlay === undefined ? undefined : asLatin1(overlay.upperDirectory) + path;
    const isTracked = [...own, ...beside].some(({ destination }) => destination === mount.destination);
    return isTracked ? hostPathIn(path, rootPath, mounts) : undefined;
  }

  function comesBack(path: string): boolean {
    const mount = mountAt(path, mounts);
    return (mount !== undefined && (mount.hostPath === undefined || fileSystemKind(mount.type) === 'kernel')) || trackedPathOf(path) !== undefined;
  }
}

async function overlayAt(rootPath: string, hostMounts: readonly HostMount[]): Promise<OverlayDescription> {
  const mount = hostMounts.findLast(({ mountPoint }) => mountPoint === rootPath);
  if (mount?.type === 'overlay') return describeOverlay(mount);
  throw new HoldfastError('HF_CONTAINER_FILES', {
    message: `the container's root file system at ${rootPath} cannot be captured: it is ${mount === undefined ? 'no mount of its own' : `a ${mount.type}`}, not an overlay`,
    kind: 'unsupported',
    operation: 'container.files',
    context: { rootPath },
    hint: 'use the storage driver overlay2 ("storage-driver" in daemon.json), or start the container with --read-only and volumes for what it writes',
  });
}

/** False where a later mount hides it. */
function isSeen({ destination }: ContainerMount, later: readonly ContainerMount[]): boolean {
  return !later.some((other) => other.destination === destination || isBelow(destination, other.destination));
}

/** Docker's own description of the container to itself. */
const engineFiles = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/.dockerenv', '/run/secrets', '/sbin/docker-init'];

function isEnginesOwn({ destination, kind }: ContainerMount): boolean {
  return (engineFiles.includes(destination) && kind === 'file') || isBelow(destination, '/run/secrets');
}

/** Of this container alone: that of the machine, or of another container, is not. */
function isOwnSharedMemory({ destination, hostPath }: ContainerMount, { folder }: Bundle): boolean {
  return destination === '/dev/shm' && hostPath?.endsWith(`/containers/${basename(folder)}/mounts/shm`) === true;
}

async function refusalOf({ kind, hostPath = '', type }: ContainerMount): Promise<string | undefined> {
  if (kind === 'hung') return 'its file system does not answer';
  if (kind === 'missing') return 'its source is not there';
  if (kind === 'file') return 'it is a single file; bind the folder that holds it';
  if (type === 'overlay') return 'it is an overlay of its own';
  try {
    await assertTrackable(hostPath);
    return undefined;
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_TRACK_PATH') return error.message;
    throw error;
  }
}

/** A folder inside another root, or bound a second time, is captured with that; not so where another file system hides it there. */
function withoutCovered<Root extends TrackedRoot & { readonly place: string | undefined }>(
  roots: readonly Root[],
  visible: readonly HostMount[],
): readonly Root[] {
  return roots.filter((root, number) => !roots.some((other, otherNumber) => other !== root && covers(other, root, otherNumber < number)));

  function covers(outer: Root, inner: Root, earlier: boolean): boolean {
    if (outer.place === undefined || inner.place === undefined) return false;
    if (outer.place === inner.place) return earlier;
    if (!inner.place.startsWith(`${outer.place}/`)) return false;
    return placeOf(outer.hostPath + inner.place.slice(outer.place.length), visible) === inner.place;
  }
}

/** By the destination: a volume's folder has another name on each machine. */
function rootId(destination: string): string {
  return `mount-${createHash('sha256').update(destination).digest('hex').slice(0, 12)}`;
}

/** Where each excluded path of the container lies in a root. */
function hostPathsOf(exclude: readonly string[], roots: readonly TrackedRoot[]): readonly string[] {
  return exclude.flatMap((path) => {
    const [root] = roots
      .filter(({ destination }) => isBelow(path, destination))
      .sort((left, right) => right.destination.length - left.destination.length);
    return root === undefined ? [] : [root.hostPath + path.slice(root.destination === '/' ? 0 : root.destination.length)];
  });
}

/** The longest mount decides, of two at one place the later. */
function mountAt(path: string, mounts: readonly ContainerMount[]): ContainerMount | undefined {
  return mounts
    .map((mount, order) => ({ mount, order, destination: asLatin1(mount.destination) }))
    .filter(({ destination }) => path === destination || isBelow(path, destination))
    .sort((left, right) => right.destination.length - left.destination.length || right.order - left.order)[0]?.mount;
}

function hostPathIn(path: string, rootPath: string, mounts: readonly ContainerMount[]): string | undefined {
  const mount = mountAt(path, mounts);
  if (mount === undefined) return path === '/' ? asLatin1(rootPath) : asLatin1(rootPath) + path;
  return mount.hostPath === undefined ? undefined : asLatin1(mount.hostPath) + path.slice(asLatin1(mount.destination).length);
}
