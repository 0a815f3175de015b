/** One line of /proc/PID/mountinfo. */
export interface HostMount {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor`. */
  readonly device: string;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** Parses mountinfo in its order. Lines that are no mount are left out. */
export function parseMountInfo(text: string): readonly HostMount[] {
  return text.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    if (left === undefined || right === undefined) return [];
    const [id, parentId, device = '', root = '', mountPoint = '', options = ''] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right.split(' ');
    return {
      id: Number(id),
      parentId: Number(parentId),
      device,
      root: unescapePath(root),
      mountPoint: unescapePath(mountPoint),
      options: options.split(','),
      type,
      source: unescapePath(source),
      superOptions: superOptions.split(','),
    };
  });
}

/** The kernel writes blank, tab, newline and backslash as three octal digits. */
function unescapePath(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mounts that a path can reach: not those on top of which another was mounted, nor what lies below such a one. */
export function visibleMounts(mounts: readonly HostMount[]): readonly HostMount[] {
  const byId = new Map(mounts.map((mount) => [mount.id, mount]));
  const hidden = new Map<number, boolean>();
  const isHidden = (mount: HostMount): boolean => {
    const known = hidden.get(mount.id);
    if (known !== undefined) return known;
    hidden.set(mount.id, false);
    const parent = byId.get(mount.parentId);
    const covered = mounts.some((other) => other.parentId === mount.id && other.mountPoint === mount.mountPoint && other !== mount);
    const index = mounts.indexOf(mount);
    // A sibling mounted later on a folder above it.
    const shadowed = mounts.some((other, at) => at > index && other.parentId === mount.parentId && isBelow(mount.mountPoint, other.mountPoint));
    // A parent that is covered shows only what was mounted on its cover.
    const answer = covered || shadowed || (parent !== undefined && parent !== mount && isHidden(parent));
    hidden.set(mount.id, answer);
    return answer;
  };
  return mounts.filter((mount) => !isHidden(mount));
}

/** True where `path` lies strictly below `folder`. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' && path.startsWith('/') : path.startsWith(`${folder}/`);
}
