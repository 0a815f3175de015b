/**
 * Memory of `mib` MiB whose every byte is known, and a program that waits for words, a file each in its directory, and says when it has done them, by a file with `-done` behind:
 * `change` writes 8 MiB of it anew; `touch` writes a page of its end into `read`; `tear` moves, unmaps, gives back, forks and leaves it as a process can, compares every
 * byte with what it must be, writes `right` or what was wrong into `verdict`, and ends.
 */
export function torn(mib: number): string {
  return `exec python3 -c '${program.replace('MIB', String(mib))}'`;
}

const program = `
import ctypes, mmap, os, random, threading, time
libc = ctypes.CDLL(None, use_errno=True)
for f in (libc.mmap, libc.mremap): f.restype = ctypes.c_void_p
p, n, i = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
libc.mmap.argtypes, libc.mremap.argtypes = [p, n, i, i, i, n], [p, n, n, i, p]
libc.munmap.argtypes, libc.madvise.argtypes = [p, n], [p, n, i]
M, S = 1 << 20, MIB << 20
def area(size):
    at = libc.mmap(None, size, 3, 0x22, -1, 0)
    assert at not in (None, 2**64 - 1)
    return at
memory = area(S)
def known(at, salt=0): return random.Random(at + salt).randbytes(M)
for at in range(0, S, M): ctypes.memmove(memory + at, known(at), M)
salts = {}
wrong = []
def check(what, where, at, size=M):
    block = at // M * M
    must = known(block, salts.get(block, 0))[at - block:at - block + size]
    if ctypes.string_at(where, size) != must: wrong.append("%s at %d" % (what, at))
def zero(what, where, size):
    if ctypes.string_at(where, size) != bytes(size): wrong.append(what)
def child(what, work):
    pid = os.fork()
    if pid == 0:
        wrong.clear()
        try: work()
        except BaseException as e: wrong.append(repr(e))
        if wrong: open("verdict-of-a-child", "a").write(what + ": " + wrong[0] + "\\n")
        os._exit(1 if wrong else 0)
    return what, pid
def join(of):
    if os.waitpid(of[1], 0)[1] != 0: wrong.append(of[0])
def change():
    for at in range(S // 2, S // 2 + 8 * M, M):
        salts[at] = 1
        ctypes.memmove(memory + at, known(at, 1), M)
def touch():
    read = ctypes.string_at(memory + S - 4096, 4096)
    open("read", "w").write(str(read == known(S - M)[-4096:]))
def remap(old, size, to=None): 
    got = libc.mremap(old, size, size, 3, area(size) if to is None else to)
    if got in (None, 2**64 - 1): wrong.append("mremap")
    return got
def grandchild():
    moved = remap(memory + 8 * M, M)
    inner = child("a child of a child", lambda: (check("moved by a child", moved, 8 * M), check("left", memory + 9 * M, 9 * M)))
    libc.munmap(memory + 10 * M, M)
    check("kept", memory + 11 * M, 11 * M)
    join(inner)
def tear():
    # A process that shares what is missing, and one that is written to meanwhile.
    first = child("a child", lambda: [check("a child", memory + at, at) for at in range(0, 4 * M, M)])
    ctypes.memset(memory, 7, 4096)
    second = child("a child that moves", grandchild)
    third = child("a program", lambda: os.execv("/bin/true", ["true"]))
    # Away, onto something that is missing too, and a part of what was moved again.
    away = remap(memory + 12 * M, 2 * M)
    remap(memory + 14 * M, M, memory + 15 * M)
    again = remap(away + M, M // 2)
    libc.munmap(memory + 16 * M, M)
    libc.madvise(memory + 17 * M, M + M // 2, 4)
    # Smaller, and larger again with what nobody ever had.
    libc.mremap(memory + 19 * M, M, M // 2, 0, None)
    grown = libc.mremap(memory + 20 * M, M, 2 * M, 1, None)
    fourth = child("a child of what was moved", lambda: (check("moved", away, 12 * M), check("onto", memory + 15 * M, 14 * M), check("again", again, 13 * M, M // 2), zero("given back", memory + 17 * M, M)))
    threads = [threading.Thread(target=lambda k=k: [check("a thread", memory + at, at) for at in range((22 + k) * M, S, 3 * M)]) for k in range(3)]
    for t in threads: t.start()
    zero("given back", memory + 17 * M, M + M // 2)
    check("beside it", memory + 18 * M + M // 2, 18 * M + M // 2, M // 2)
    check("moved", away, 12 * M); check("again", again, 13 * M, M // 2); check("onto", memory + 15 * M, 14 * M)
    check("smaller", memory + 19 * M, 19 * M, M // 2)
    check("larger", grown, 20 * M); zero("grown", grown + M, M)
    for at in [*range(M, 12 * M, M)]: check("left", memory + at, at)
    check("written", memory + 4096, 4096, M - 4096)
    for t in threads: t.join()
    for of in (first, second, third, fourth): join(of)
    open("verdict.new", "w").write(" ".join(wrong) or "right"); os.rename("verdict.new", "verdict")
    os._exit(0)
words = dict(change=change, touch=touch, tear=tear)
open("filled", "w").close()
while True:
    for word, work in words.items():
        if os.path.exists(word):
            os.unlink(word); open(word + "-begun", "w").close(); work(); open(word + "-done", "w").close()
    time.sleep(0.02)
`;
