"""In the place of keeper and CRIU's restore: gives holdfast-pager a process with missing pages, and ends the pager, the keeper or both while it waits for one.

unheld.py PAGER FOLDER PROCS FREEZER THAW WHO, the last one of pager, keeper, spare, both. Prints what the process has read: nothing, where it was ended.
"""
import array, ctypes, fcntl, mmap, os, signal, socket, struct, subprocess, sys, time

# The pager's descriptor of the keeper is 3: nothing else shall be.
os.open("/dev/null", os.O_RDONLY)
pager_program, folder, procs, freezer, thaw, who = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
page, size, pid_there = 4096, 1 << 20, 7
userfaultfd, uffdio_api, uffdio_register = {"x86_64": 323, "aarch64": 282}[os.uname().machine], 0xC018AA3F, 0xC020AA00
forks = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6


def victim(told, answers):
    """Its memory is missing; it reads a page of it once it is let to, as does a child that it forks."""
    memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    at = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    fd = libc.syscall(userfaultfd, os.O_CLOEXEC | os.O_NONBLOCK)
    fcntl.ioctl(fd, uffdio_api, struct.pack("QQQ", 0xAA, forks, 0))
    fcntl.ioctl(fd, uffdio_register, bytearray(struct.pack("QQQQ", at, size, 1, 0)))
    socket.send_fds(told, [struct.pack("Q", at)], [fd])
    os.close(fd)
    told.recv(1)
    for _ in range(2):
        if os.fork() == 0:
            break
    os.write(answers, b"read %d\n" % memory[size // 2])
    os._exit(0)


ours, theirs = socket.socketpair()
reader, writer = os.pipe()
victim_pid = os.fork()
if victim_pid == 0:
    with open(procs, "w") as group:
        group.write(str(os.getpid()))
    victim(theirs, writer)
os.close(writer)
told, fds, _, _ = socket.recv_fds(ours, 8, 1)
at = struct.unpack("Q", told)[0]
with open(os.path.join(folder, "ranges"), "w") as ranges:
    ranges.write("%d %x %x\n" % (pid_there, at, size // page))

keeper, pagers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
assert os.dup2(pagers.fileno(), 3) == 3
words = [pager_program, "--folder", folder, "--procs", procs, "--freezer", freezer, "--thaw", thaw, "--patience-ms", "60000"]
pager = subprocess.Popen(words, pass_fds=[3])
os.close(3)
pagers.close()
assert keeper.recv(8)[:1] == b"R"
criu = socket.socket(socket.AF_UNIX)
criu.connect(os.path.join(folder, "lazy-pages.socket"))
criu.send(struct.pack("i", pid_there))
socket.send_fds(criu, [b"x"], fds)
os.close(fds[0])
held = [socket.recv_fds(keeper, 8, 1)[1][0]]
criu.send(struct.pack("i", 0x52535446))
ours.send(b"x")
# Children are forked, and have been heard of.
for _ in range(2):
    held += socket.recv_fds(keeper, 8, 1)[1]
time.sleep(0.2)
spare = int(subprocess.run(["pgrep", "-P", str(pager.pid)], capture_output=True, text=True, check=True).stdout)
if who in ("keeper", "both"):
    # A keeper that ends lets go of all of it; in the same instant nobody has heard of it yet.
    os.kill(pager.pid, signal.SIGSTOP)
    for fd in held:
        os.close(fd)
    if who == "both":
        os.kill(pager.pid, signal.SIGKILL)
    keeper.close()
    os.kill(pager.pid, signal.SIGCONT)
else:
    os.kill(pager.pid if who == "pager" else spare, signal.SIGKILL)
os.waitpid(victim_pid, 0)
sys.stdout.buffer.write(os.read(reader, 4096))
