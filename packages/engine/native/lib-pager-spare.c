// The spare: a second process on the pager's own table of descriptors. It has each userfaultfd from the moment that the kernel puts it there, also that of a child
// which the job has just forked, and does nothing but wait for the pager's end.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "pager.h"

static pid_t spare;

static _Noreturn void stand_by(int pager, const struct group *group) {
  struct pollfd waited = {.fd = pager, .events = POLLIN};
  setsid();
  while (poll(&waited, 1, -1) <= 0) {}
  // Closed with this process, and not before.
  kill_group(group->procs, group->freezer, group->thaw);
  _exit(0);
}

// Not the pager's: who ends programs by their name shall not end both.
static void rename_as_spare(char *path) {
  char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  if (!strcmp(name, "holdfast-pager")) memcpy(name, "holdfast-spare", sizeof "holdfast-spare");
  prctl(PR_SET_NAME, "holdfast-spare");
}

int start_spare(char *path, const struct group *group) {
  int pager = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (pager < 0) return -1;
  spare = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
  if (spare == 0) {
    rename_as_spare(path);
    stand_by(pager, group);
  }
  return spare < 0 ? -1 : (int)syscall(SYS_pidfd_open, spare, 0);
}

void end_spare(void) {
  kill(spare, SIGKILL);
  while (waitpid(spare, NULL, 0) < 0 && errno == EINTR) {}
}
