import type { TrackedRoot } from '../files/tracked-root.js';
import { type HostMount, isBelow, visibleMounts } from './host-mounts.js';

/** One entry of a bundle's `mounts`, as it is kept with a snapshot: a restore needs the same destinations in the same order. */
export interface JobMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  /** The tracked root that lies there. */
  readonly root?: string;
}

export interface JobMounts {
  readonly mounts: readonly JobMount[];
  /** What the job does not see although the machine has it, each with the reason. */
  readonly notes: readonly string[];
}

/** Where the job's init lies in its container; the same for ever, since dumped processes have it open. */
export const initFolder = '/run/holdfast/init';

/** Made anew for each container, or of no use to a program. */
const ownKind = new Set(['proc', 'devpts', 'mqueue']);
/** Interfaces to the kernel of this machine, or namespaces and triggers that CRIU cannot take along. */
const leftOut = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs efivarfs fusectl nsfs pstore rpc_pipefs securityfs selinuxfs tracefs'.split(' '),
);
/** Where container engines keep what belongs to their containers: held by us, they could not be removed. */
const engineFolders = [
  '/run/containerd',
  '/run/docker',
  '/run/netns',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/kubelet',
];

const pseudoMounts: readonly JobMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
];

/** Where drivers mount storage unless told otherwise. */
const storageFolder = '/run/holdfast/storage';

/**
 * What a job sees beside the machine's root file system: every further file system of the machine at its place, and the job's own folders. Not what is mounted
 * on `storageRoot`, where the repository lies: a storage that hangs would hang the job's dump with it, while the job is frozen.
 */
export function planJobMounts(
  hostMounts: readonly HostMount[],
  roots: readonly TrackedRoot[],
  initSource: string,
  storageRoot: string | undefined,
): JobMounts {
  const notes: string[] = [];
  const own = ownMounts(roots, initSource);
  const covered = own.map(({ destination }) => destination);
  const host: JobMount[] = [];
  for (const mount of visibleMounts(hostMounts)) {
    const { mountPoint, type } = mount;
    if (mountPoint === '/' || ownKind.has(type) || isBelow(mountPoint, '/proc') || covered.includes(mountPoint)) continue;
    const reason = reasonToLeaveOut(mount, covered, roots, storageRoot);
    if (reason === undefined) host.push(bind(mountPoint));
    else if (!isBelow(mountPoint, '/sys')) notes.push(`${mountPoint}: ${reason}`);
  }
  // runc makes device files in /dev unless it is a bind; without this entry those would be the machine's own.
  if (!host.some(({ destination }) => destination === '/dev')) host.push(bind('/dev'));
  if (!host.some(({ destination }) => destination === '/sys')) host.push(bind('/sys'));
  return { mounts: parentsFirst([...host, ...pseudoMounts, ...own]), notes };
}

function reasonToLeaveOut(
  { mountPoint, type }: HostMount,
  covered: readonly string[],
  roots: readonly TrackedRoot[],
  storageRoot: string | undefined,
): string | undefined {
  if (leftOut.has(type)) return `a file system of type ${type} cannot go along with a job`;
  const cover = covered.find((destination) => isBelow(mountPoint, destination));
  if (cover !== undefined) return `the job has a ${cover} of its own`;
  const engine = engineFolders.find((folder) => isBelow(mountPoint, folder));
  const wanted = roots.some(({ destination }) => destination === mountPoint || isBelow(destination, mountPoint));
  if (wanted) return undefined;
  if (mountPoint === storageRoot || isBelow(mountPoint, storageFolder)) return "it is Holdfast's storage";
  return engine === undefined ? undefined : `what lies below ${engine} belongs to other containers`;
}

/** The init's folder, and each root that the job would not see by itself. */
function ownMounts(roots: readonly TrackedRoot[], initSource: string): readonly JobMount[] {
  const elsewhere = roots.filter(({ private: own, hostPath, destination }) => own || hostPath !== destination);
  const hidden = roots.filter((root) => !elsewhere.includes(root) && elsewhere.some(({ destination }) => isBelow(root.destination, destination)));
  return [
    ...[...elsewhere, ...hidden].map(({ id, hostPath, destination }) => ({ ...bind(destination), source: hostPath, root: id })),
    { destination: initFolder, type: 'bind', source: initSource, options: ['bind', 'ro'], root: 'init' },
  ];
}

function bind(path: string): JobMount {
  const readOnly = path === '/sys' || isBelow(path, '/sys');
  return { destination: path, type: 'bind', source: path, options: readOnly ? ['bind', 'ro'] : ['bind'] };
}

/** A folder's mount goes before those below it; else the order stays. */
export function parentsFirst<Mount extends JobMount>(mounts: readonly Mount[]): readonly Mount[] {
  const depth = ({ destination }: Mount): number => destination.split('/').length;
  return [...mounts].sort((left, right) => depth(left) - depth(right));
}
