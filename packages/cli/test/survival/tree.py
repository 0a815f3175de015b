"""`make` fills a directory with every kind of file; `describe` prints all that can be told of it, one line of JSON a name."""

import hashlib
import json
import os
import stat
import sys


def put(path, content=b"", mode=0o644):
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def make(root):
    top = os.fsencode(root)
    at = lambda *parts: os.path.join(top, *parts)
    os.makedirs(at(b"folder", b"empty"))
    os.chmod(at(b"folder", b"empty"), 0o700)
    put(at(b"plain"), b"plain\n")
    put(at(b"setuid"), b"x", 0o4751)
    put(at(b"owned"), b"of another\n", 0o640)
    os.chown(at(b"owned"), 1234, 5678)
    put(at(b"name\nwith newline"), b"1")
    put(at(b"not-utf8-\xff\xfe\x80"), b"2")
    put(at(b" blanks \t and $(quotes) '\""), b"3")
    put(at(b"linked"), b"one file, three names\n")
    os.link(at(b"linked"), at(b"linked again"))
    os.link(at(b"linked"), at(b"folder", b"linked elsewhere"))
    os.symlink(b"plain", at(b"symlink"))
    os.symlink(b"/nowhere/\xff", at(b"dangling"))
    os.lchown(at(b"dangling"), 4321, 8765)
    put(at(b"attributes"), b"4")
    os.setxattr(at(b"attributes"), "user.note", b"\x00binary\xff")
    os.setxattr(at(b"folder"), "user.folder", b"too")
    with open(at(b"holes"), "wb") as file:
        file.write(b"begin")
        file.seek(3 << 20)
        file.write(b"middle")
        file.truncate(8 << 20)
    os.mkfifo(at(b"fifo"), 0o620)
    put(at(b"old"), b"5")
    os.remove(at(b"goes"))
    os.utime(at(b"old"), ns=(981173106123456789, 981173106987654321))
    os.utime(at(b"symlink"), ns=(1, 1000000002), follow_symlinks=False)
    os.utime(at(b"folder"), ns=(3, 1234567890123456789))


def holes(path, size):
    ends, at = [], 0
    with open(path, "rb") as file:
        while at < size:
            hole = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            ends.append(hole)
            if hole >= size:
                break
            try:
                at = os.lseek(file.fileno(), hole, os.SEEK_DATA)
            except OSError:
                break
            ends.append(at)
    return ends


def describe(root):
    groups = {}
    for folder, folders, files in os.walk(os.fsencode(root)):
        folders.sort()
        for name in [b"."] + sorted(files) + sorted(one for one in folders if os.path.islink(os.path.join(folder, one))):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            line = {
                "name": os.path.relpath(path, os.fsencode(root)).hex(),
                "mode": oct(status.st_mode),
                "owner": [status.st_uid, status.st_gid],
                "mtime": status.st_mtime_ns,
                "file": groups.setdefault(status.st_ino, len(groups)),
                "links": 0 if stat.S_ISDIR(status.st_mode) else status.st_nlink,
                "attributes": {key: os.getxattr(path, key, follow_symlinks=False).hex() for key in sorted(os.listxattr(path, follow_symlinks=False))},
            }
            if stat.S_ISLNK(status.st_mode):
                line["target"] = os.readlink(path).hex()
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    line["content"] = hashlib.sha256(file.read()).hexdigest()
                line["holes"] = holes(path, status.st_size)
            print(json.dumps(line, sort_keys=True))


{"make": make, "describe": describe}[sys.argv[1]](sys.argv[2])
