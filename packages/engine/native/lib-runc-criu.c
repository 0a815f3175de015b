// runc gives CRIU its own standard streams, from which CRIU gives the restored processes theirs. But runc also writes why a restore failed
// to its standard error, which would end in the container's log, in words that help nobody. So runc gets a file there, and CRIU
// is started by way of this program, which takes the container's streams from the launcher, an ancestor of it.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runc.h"

const char *const streams_variable = "HOLDFAST_STREAMS_OF", *const criu_variable = "HOLDFAST_RESTORE_CRIU",
    *const criu_mark_variable = "HOLDFAST_CRIU_MARK", *const held_variable = "HOLDFAST_HELD", *const uncover_variable = "HOLDFAST_UNCOVER";

static int stream_of(pid_t launcher, int number) {
  int process = (int)syscall(SYS_pidfd_open, launcher, 0);
  int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, number, 0);
  if (process >= 0) close(process);
  if (fd >= 0) return fd;
  // Where a security module forbids the first way.
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd/%d", launcher, number);
  return open(path, number == 0 ? O_RDONLY | O_NONBLOCK : O_WRONLY);
}

// What makes runc see other groups (lib-runc-cgroups.c) lies on /proc, and the kernel lets nobody mount /proc in a user namespace, as CRIU does for a
// container's, where something lies on the one at hand. runc may have yet to look: CRIU is also started to say its version.
static bool uncover_proc(pid_t runc) {
  char covered[64];
  snprintf(covered, sizeof covered, "/proc/%d/cgroup", runc);
  return unshare(CLONE_NEWNS) == 0 && (umount2(covered, MNT_DETACH) == 0 || errno == EINVAL);
}

_Noreturn void become_criu(char **argv) {
  const char *launcher = getenv(streams_variable), *criu = getenv(criu_variable);
  if (!launcher || !criu) {
    dprintf(STDERR_FILENO, "holdfast-runc: started as criu by another than itself\n");
    _exit(126);
  }
  for (int number = 0; number < 3; number++) {
    int fd = stream_of((pid_t)atoi(launcher), number);
    if (fd < 0 || dup2(fd, number) < 0) _exit(126);
    if (fd > 2) close(fd);
  }
  const char *mark = getenv(criu_mark_variable);
  int marked = mark ? open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
  if (marked < 0) _exit(126);
  close(marked);
  if (getenv(uncover_variable) && !uncover_proc(getppid())) _exit(126);
  unsetenv(uncover_variable);
  char program[PATH_MAX];
  snprintf(program, sizeof program, "%s", criu);
  unsetenv(streams_variable);
  unsetenv(criu_variable);
  unsetenv(criu_mark_variable);
  argv[0] = program;
  execv(program, argv);
  _exit(127);
}
