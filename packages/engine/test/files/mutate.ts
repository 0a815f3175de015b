import { execFileSync } from 'node:child_process';

const script = `
import os, random, sys
seed, count, roots = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
r = random.Random(seed)
names = [b'a', b'b-b', b'b', b'new\\nline', b'\\xff\\xfe', 'ü'.encode(), b'.hidden', b'spa ce', b'long' * 40]
def everything():
    for root in roots:
        root = os.fsencode(root)
        for path, dirs, files in os.walk(root):
            if path == root and b'.holdfast' in dirs: dirs.remove(b'.holdfast')
            dirs.sort()
            yield path, 'd'
            for name in sorted(files): yield os.path.join(path, name), 'f'
            for name in dirs:
                if os.path.islink(os.path.join(path, name)): yield os.path.join(path, name), 'f'
def folders(): return [p for p, k in everything() if k == 'd']
def leaves(): return [p for p, k in everything() if k == 'f']
def fresh(): return os.path.join(r.choice(folders()), r.choice(names))
def regular():
    found = [p for p in leaves() if os.path.isfile(p) and not os.path.islink(p)]
    return r.choice(found) if found else None
def write():
    path = fresh()
    if os.path.isdir(path) and not os.path.islink(path): return
    if os.path.lexists(path): os.unlink(path)
    with open(path, 'wb') as f: f.write(r.randbytes(r.choice([0, 1, 100, 4096, 4097, 20000, 70000])))
def sparse():
    path = fresh()
    if os.path.lexists(path): return
    with open(path, 'wb') as f:
        f.truncate(r.choice([5000, 300000]))
        for _ in range(r.randrange(3)):
            f.seek(r.randrange(290000)); f.write(r.randbytes(r.choice([1, 5000])))
def edit():
    path = regular()
    if path is None: return
    with open(path, 'r+b') as f:
        size = f.seek(0, 2)
        f.seek(r.randrange(size + 1)); f.write(r.randbytes(r.choice([1, 50])))
def cut():
    path = regular()
    if path: os.truncate(path, r.randrange(os.path.getsize(path) + 1))
def folder():
    path = fresh()
    if not os.path.lexists(path): os.mkdir(path, r.choice([0o755, 0o700, 0o2775, 0o1777]))
def link():
    path, other = regular(), fresh()
    if path and not os.path.lexists(other): os.link(path, other)
def symlink():
    path = fresh()
    if not os.path.lexists(path): os.symlink(r.choice([b'a', b'/etc', b'../b', b'\\xff', b'nowhere/' * 10]), path)
def node():
    path = fresh()
    if not os.path.lexists(path): r.choice([lambda: os.mkfifo(path), lambda: os.mknod(path, 0o20644, os.makedev(1, 3)), lambda: os.mknod(path, 0o140600)])()
def move():
    source = r.choice(leaves() + folders()); target = fresh()
    if os.fsdecode(source) in roots: return
    try: os.rename(source, target)
    except OSError: pass
def remove():
    found = leaves()
    if found: os.unlink(r.choice(found))
def prune():
    for path in reversed(folders()):
        if os.fsdecode(path) in roots: continue
        try: os.rmdir(path); return
        except OSError: pass
def mode():
    found = [p for p, k in everything() if not os.path.islink(p)]
    os.chmod(r.choice(found), r.choice([0o644, 0o4755, 0o2755, 0o600, 0, 0o1777]))
def owner(): os.lchown(r.choice(leaves() + folders()), r.randrange(3) * 1000, r.randrange(3) * 1000)
def times(): os.utime(r.choice(leaves() + folders()), ns=(r.randrange(2**60), r.randrange(2**60)), follow_symlinks=False)
def attribute():
    path = r.choice(leaves() + folders())
    name = r.choice(['user.x', 'user.y', 'trusted.z'])
    try:
        if r.random() < 0.3: os.removexattr(path, name, follow_symlinks=False)
        else: os.setxattr(path, name, r.randbytes(r.choice([0, 3, 200])), follow_symlinks=False)
    except OSError: pass
actions = [write] * 6 + [edit] * 4 + [folder] * 3 + [sparse, cut, link, link, symlink, node, move, move, remove, remove, prune, mode, owner, times, attribute]
for _ in range(count): r.choice(actions)()
`;

/** Changes the trees in ways that depend on the seed alone, and on what is there. */
export function mutate(seed: string, count: number, ...directories: readonly string[]): void {
  execFileSync('python3', ['-c', script, seed, String(count), ...directories], { stdio: ['ignore', 'pipe', 'inherit'] });
}
