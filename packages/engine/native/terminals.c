// holdfast-terminals: says whether something lies in a pseudo-terminal that processes have both ends of: a dump would change it.
//
//   holdfast-terminals < PIDS
//
// The processes (one pid a line) must stand still. CRIU reads what lies in such a terminal and writes it back from the other end, through the line
// discipline: it is translated and echoed once more, put behind an unfinished line, and an end of file is gone.
//
// Standard output has a line "PID DESCRIPTOR END NUMBER BYTES" for the first end that is found to have something for its reader; END is "master" or
// "slave", NUMBER that in /dev/pts, BYTES may be 0: an end of file, a change of state in packet mode. Nothing: there is none.
// Ends with 0, or with 1 and the reason on standard error where that cannot be known.
//
// Not told by the kernel, and left alone by CRIU, which does not bring it back: a line that has no end yet. Of a terminal whose master is somebody else's
// CRIU reads nothing, and nothing is asked. A hang-up comes back.


#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct end {
  int pid, descriptor;
  bool master;
  unsigned number;
  int bytes;
  bool filled;
};

struct ends {
  struct end *all;
  size_t count;
};

static bool fail(const char *what, int pid) {
  fprintf(stderr, "%s of process %d: %s\n", what, pid, strerror(errno));
  return false;
}

// By its name first: to look at a file on a mount that hangs would never end.
static bool maybe_terminal(int folder, const char *name) {
  char target[4200];
  ssize_t length = readlinkat(folder, name, target, sizeof target - 1);
  if (length <= 0) return false;
  target[length] = 0;
  const char *last = strrchr(target, '/');
  if (last == NULL) return false;
  last++;
  if (strcmp(last, "ptmx") != 0 && strcmp(last, "tty") != 0 && (*last == 0 || last[strspn(last, "0123456789")] != 0)) return false;
  struct statx about;
  if (statx(folder, name, AT_STATX_DONT_SYNC, STATX_TYPE, &about) != 0 || !S_ISCHR(about.stx_mode)) return false;
  unsigned major = about.stx_rdev_major, minor = about.stx_rdev_minor;
  return (major == 5 && (minor == 0 || minor == 2)) || (major >= 136 && major <= 143);
}

// False where it is no end of a pair, or of one that has hung up: CRIU reads nothing of either.
static bool look(int fd, struct end *end) {
  unsigned device;
  end->master = ioctl(fd, TIOCGPTN, &end->number) == 0;
  if (!end->master) {
    if (ioctl(fd, TIOCGDEV, &device) != 0) return false;
    unsigned major = (device >> 8) & 0xfff;
    if (major < 136 || major > 143) return false;
    end->number = (device & 0xff) | ((device >> 12) & 0xfff00);
  }
  // First, since it waits for bytes that are still on their way through the kernel. It does not see fewer than VMIN asks for: the other one does.
  struct pollfd polled = {.fd = fd, .events = POLLIN | POLLPRI};
  poll(&polled, 1, 0);
  if (ioctl(fd, FIONREAD, &end->bytes) != 0) end->bytes = 0;
  end->filled = end->bytes > 0 || (polled.revents & (POLLIN | POLLPRI)) != 0;
  return true;
}

static bool add_process(struct ends *ends, int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *folder = opendir(path);
  // Gone meanwhile.
  if (folder == NULL) return errno == ENOENT || errno == ESRCH ? true : fail("descriptors", pid);
  int process = -1;
  bool known = true;
  for (struct dirent *entry; known && (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] == '.' || !maybe_terminal(dirfd(folder), entry->d_name)) continue;
    struct end end = {.pid = pid, .descriptor = atoi(entry->d_name)};
    if (process < 0) process = (int)syscall(SYS_pidfd_open, pid, 0);
    int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, end.descriptor, 0);
    if (fd < 0) {
      known = errno == ESRCH || errno == EBADF ? true : fail("a terminal", pid);
      continue;
    }
    if (look(fd, &end)) {
      struct end *all = realloc(ends->all, (ends->count + 1) * sizeof *all);
      if (all == NULL) abort();
      ends->all = all;
      all[ends->count++] = end;
    }
    close(fd);
  }
  if (process >= 0) close(process);
  closedir(folder);
  return known;
}

// A number is taken for the same pair's, though there may be several /dev/pts: at worst a terminal is asked too much.
static bool has_master(const struct ends *ends, unsigned number) {
  for (size_t i = 0; i < ends->count; i++) {
    if (ends->all[i].master && ends->all[i].number == number) return true;
  }
  return false;
}

int main(void) {
  struct ends ends = {0};
  for (int pid; scanf("%d", &pid) == 1;) {
    if (!add_process(&ends, pid)) return 1;
  }
  for (size_t i = 0; i < ends.count; i++) {
    const struct end *end = &ends.all[i];
    if (!end->filled || !has_master(&ends, end->number)) continue;
    printf("%d %d %s %u %d\n", end->pid, end->descriptor, end->master ? "master" : "slave", end->number, end->bytes);
    break;
  }
  return 0;
}
