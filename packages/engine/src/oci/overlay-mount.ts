import { readFile } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { type HostMount, isBelow, parseMountInfo } from '../container/host-mounts.js';
import { ActionList } from '../files/action-list.js';
import { applyActions } from '../files/apply-actions.js';
import { scanRoot } from '../files/scan-root.js';
import type { TreeEntry } from '../files/tree-entry.js';
import { evictHolders } from './evict-holders.js';
import { runMountProgram } from './mount-program.js';
import type { OverlayDescription } from './overlay-description.js';
import { asideFolder, putAside, putBack } from './upper-aside.js';

export interface OverlayOptions {
  /** Path of `holdfast-tree`. */
  readonly treeTool: string;
  readonly signal?: AbortSignal | undefined;
}

/** A container's root file system that nobody uses yet; its upper directory is changed only while it is not mounted. */
export interface OverlayMount {
  readonly description: OverlayDescription;
  /**
   * Takes the mount away and empties its work directory: from then on the upper directory is an ordinary one. A repeat is harmless. Rejects with
   * HF_CONTAINER_FILES, the mount in place, where somebody else still has it.
   */
  unmount(): Promise<void>;
  /**
   * Unmounts, and moves the upper directory with all that the container had in it aside, an empty one of the same owner and mode in its place. A repeat is
   * harmless: what was set aside first stays.
   */
  setAside(): Promise<void>;
  /** Unmounts, and puts back what was set aside; where nothing was, all stays as it is. */
  reset(): Promise<void>;
  /** Mounts it with the same options at the same place. A repeat is harmless. Rejects with HF_CONTAINER_FILES. */
  mount(): Promise<void>;
}

export function openOverlay(description: OverlayDescription, options: OverlayOptions): OverlayMount {
  const { mountPoint, upperDirectory, workDirectory, baseDirectory } = description;

  return { description, unmount, setAside, reset, mount };

  async function unmount(): Promise<void> {
    const mounted = await mountedHere(mountPoint);
    if (mounted === undefined) return;
    await assertAlone(mounted);
    await run('umount', ['--no-canonicalize', mountPoint]);
    try {
      // A copy that was made between the two would share the upper directory with the mount that comes later.
      await assertAlone(mounted);
    } catch (error) {
      await mount();
      throw error;
    }
    await emptyFolder(workDirectory);
  }

  async function setAside(): Promise<void> {
    await unmount();
    await putAside(description, exchange);
    const root = { id: 'rootfs', hostPath: asideFolder(description), destination: '/', private: true };
    const top = (await scanRoot(root, { ...options, exclude: [] })).entry(0);
    await applyActions([{ ...root, hostPath: upperDirectory }], metadataOf(top), { treeTool: options.treeTool });
  }

  async function reset(): Promise<void> {
    await unmount();
    await putBack(description, exchange);
  }

  async function exchange(one: string, other: string): Promise<void> {
    const refusal = await runMountProgram(options.treeTool, ['exchange', one, other], { cwd: '/' });
    if (refusal !== undefined) throw failed('exchange', one, refusal);
  }

  async function mount(): Promise<void> {
    if ((await mountedHere(mountPoint)) !== undefined) return;
    const flags = [...description.options, ...description.mountFlags].join(',');
    await run('mount', ['--internal-only', '--types', 'overlay', '--options', flags, 'overlay', mountPoint]);
  }

  async function assertAlone(mounted: HostMount): Promise<void> {
    const holder = await evictHolders(mounted, options.treeTool);
    if (holder !== undefined) throw failed('unmount', mountPoint, holder);
  }

  async function run(program: 'mount' | 'umount', words: readonly string[]): Promise<void> {
    const refusal = await runMountProgram(program, words, { cwd: baseDirectory });
    if (refusal !== undefined) throw failed(program === 'mount' ? 'mount' : 'unmount', mountPoint, refusal);
  }
}

function metadataOf(entry: TreeEntry): ActionList {
  const actions = new ActionList();
  actions.setMetadata(0, entry);
  return actions;
}

/** The overlay that is mounted there, and nothing in it. */
async function mountedHere(mountPoint: string): Promise<HostMount | undefined> {
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  const here = mounts.filter((mount) => mount.mountPoint === mountPoint);
  const inside = mounts.find((mount) => isBelow(mount.mountPoint, mountPoint));
  if (inside !== undefined) throw failed('unmount', mountPoint, `${inside.mountPoint} is mounted inside it`);
  if (here.length > 1 || (here[0] !== undefined && here[0].type !== 'overlay'))
    throw failed('unmount', mountPoint, 'something else is mounted on it');
  return here[0];
}

/** Never into another file system. */
export async function emptyFolder(folder: string): Promise<void> {
  const refusal = await runMountProgram('find', [folder, '-xdev', '-mindepth', '1', '-delete'], { cwd: '/' });
  if (refusal !== undefined) throw failed('empty', folder, refusal);
}

const participles = { mount: 'mounted', unmount: 'unmounted', empty: 'emptied', exchange: 'set aside' } as const;

function failed(what: keyof typeof participles, path: string, why: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_FILES', {
    message: `the container's root file system cannot be ${participles[what]} (${path}): ${why}`,
    kind: 'conflict',
    operation: `container.${what}`,
    context: { path },
    hint:
      what === 'unmount'
        ? 'end what holds it, such as a shell in that folder; a service with mounts of its own has to be started again'
        : 'the next start of the container tries again',
  });
}
