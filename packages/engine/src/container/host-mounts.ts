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
  const position = new Map(mounts.map((mount, index) => [mount.id, index]));
  const children = Map.groupBy(mounts, ({ parentId }) => parentId);
  const covers = new Map(mounts.map((mount) => [mount.id, coverOf(mount, children.get(mount.id) ?? [])]));
  const reachable = new Map<number, boolean>();
  const isReachable = (mount: HostMount): boolean => {
    const known = reachable.get(mount.id);
    if (known !== undefined) return known;
    const parent = byId.get(mount.parentId);
    // Of a covered mount only its cover can be reached, whatever was mounted inside it before.
    const behindCover = parent !== undefined && covers.get(parent.id) !== undefined && covers.get(parent.id) !== mount;
    // A sibling mounted later on a folder above it.
    const shadowed = (children.get(mount.parentId) ?? []).some(
      (other) => (position.get(other.id) ?? 0) > (position.get(mount.id) ?? 0) && isBelow(mount.mountPoint, other.mountPoint),
    );
    const answer = !behindCover && !shadowed && (parent === undefined || parent === mount || isReachable(parent));
    reachable.set(mount.id, answer);
    return answer;
  };
  return mounts.filter((mount) => covers.get(mount.id) === undefined && isReachable(mount));
}

/** What was mounted on the very root of a mount, last. */
function coverOf(mount: HostMount, children: readonly HostMount[]): HostMount | undefined {
  return children.findLast((child) => child !== mount && child.mountPoint === mount.mountPoint);
}

/** True where `path` lies strictly below `folder`. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' && path.startsWith('/') : path.startsWith(`${folder}/`);
}
