import { execFileSync } from 'node:child_process';

/**
 * Every fact of a tree that has to come back, one line each, as Python and not the program under test sees it. Access times of symbolic links are
 * left out: reading one moves it.
 */
export function listing(directory: string): string[] {
  return listingWithout([], directory);
}

/** The same without attributes of these names. */
export function listingWithout(attributes: readonly string[], directory: string): string[] {
  const script = `
import os, sys, hashlib, stat
root = os.fsencode(sys.argv[1])
inodes = {}
lines = []
def note(path, relative):
    s = os.lstat(path)
    kind = stat.S_IFMT(s.st_mode)
    extra = b''
    if stat.S_ISREG(kind):
        fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
        data = b''
        while True:
            block = os.read(fd, 1 << 20)
            if not block: break
            data += block
        holes, at = [], 0
        while at < len(data):
            try: start = os.lseek(fd, at, os.SEEK_DATA)
            except OSError: break
            at = os.lseek(fd, start, os.SEEK_HOLE)
            holes.append((start, at))
        os.close(fd)
        extra = hashlib.sha256(data).hexdigest().encode() + b' %d' % len(data) + (b' sparse %r' % (holes,) if s.st_blocks * 512 < len(data) else b'')
        key = (s.st_dev, s.st_ino)
        extra += b' first=' + inodes.setdefault(key, relative)
    elif stat.S_ISLNK(kind): extra = os.readlink(path)
    elif stat.S_ISCHR(kind) or stat.S_ISBLK(kind): extra = b'%d' % s.st_rdev
    xattrs = sorted((os.fsencode(n), os.getxattr(path, n, follow_symlinks=False)) for n in os.listxattr(path, follow_symlinks=False) if n not in sys.argv[2:])
    atime = 0 if stat.S_ISLNK(kind) else s.st_atime_ns
    lines.append(b'%r mode=%o owner=%d:%d mtime=%d atime=%d %r %r' % (relative, s.st_mode, s.st_uid, s.st_gid, s.st_mtime_ns, atime, extra, xattrs))
def walk(path, relative):
    note(path, relative)
    fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
    for name in sorted(os.fsencode(n) for n in os.listdir(fd)):
        if relative == b'' and name == b'.holdfast': continue
        below = os.path.join(path, name)
        inside = os.path.join(relative, name) if relative else name
        if stat.S_ISDIR(os.lstat(below).st_mode): walk(below, inside)
        else: note(below, inside)
    os.close(fd)
walk(root, b'')
sys.stdout.buffer.write(b'\\n'.join(lines))
`;
  return execFileSync('python3', ['-c', script, directory, ...attributes], { encoding: 'latin1', maxBuffer: 2 ** 28 }).split('\n');
}
