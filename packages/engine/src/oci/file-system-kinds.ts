/** What a file system is to a container's snapshot. */
export type FileSystemKind =
  /** Of this machine alone: captured. */
  | 'local'
  /** Outlives the machine, and others may use it meanwhile: left alone. */
  | 'shared'
  /** Made by the kernel, nothing in it is anybody's. */
  | 'kernel';

const sharedTypes = new Set(
  '9p afs beegfs beegfs_nodev ceph cifs coda cvmfs2 davfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs panfs pvfs2 smb3 smbfs virtiofs wekafs'.split(
    ' ',
  ),
);

const kernelTypes = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc pstore rpc_pipefs securityfs selinuxfs sysfs tracefs'.split(
    ' ',
  ),
);

/** FUSE file systems that keep their data on a disk of this machine. */
const localFuse = new Set(['fuseblk', 'fuse.ntfs', 'fuse.ntfs-3g', 'fuse.fuse-overlayfs', 'fuse.fuse2fs', 'fuse.bindfs']);

/** By the type that mountinfo names. One that is not known is taken for a disk's. */
export function fileSystemKind(type: string): FileSystemKind {
  if (kernelTypes.has(type)) return 'kernel';
  if (localFuse.has(type)) return 'local';
  return sharedTypes.has(type) || type === 'fuse' || type.startsWith('fuse.') ? 'shared' : 'local';
}
