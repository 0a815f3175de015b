// Whether this kernel, and what this process may do, are enough for memory that comes later.

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pager.h"

// What a job does with its memory while some of it is missing.
#define EVENTS (UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP)

static int refused(const char *what) {
  printf("%s (%s)\n", what, strerror(errno));
  return 1;
}

int check_kernel(void) {
  int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOSYS) return refused("the kernel has no userfaultfd, or it is filtered: it needs CONFIG_USERFAULTFD");
  if (fd < 0) return refused("userfaultfd is not allowed here: it needs CAP_SYS_PTRACE");
  struct uffdio_api api = {.api = UFFD_API, .features = EVENTS};
  if (ioctl(fd, UFFDIO_API, &api) != 0) return refused("userfaultfd does not tell of forks and of mappings that change: it needs Linux 4.11");
  if (syscall(SYS_pidfd_open, getpid(), 0) < 0) return refused("the kernel has no pidfd_open: it needs Linux 5.3");
  return 0;
}
