// Mounts that no other process sees: the job's root, which is the machine's own root file system, and what lies over a file or folder.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper.h"

bool private_root(const char *rootfs) {
  if (unshare(CLONE_NEWNS) != 0) return false;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  if (!rootfs) return true;
  if (mount("/", rootfs, NULL, MS_BIND, NULL) != 0) return false;
  return mount("none", rootfs, NULL, MS_PRIVATE, NULL) == 0;
}

// An empty one, which whoever finds it takes for none.
static bool make_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  return fd >= 0 && close(fd) == 0;
}

bool bind_over(const char *source, const char *target) {
  struct stat what;
  if (stat(source, &what) != 0 || (S_ISREG(what.st_mode) && !make_file(target))) return false;
  return mount(source, target, NULL, MS_BIND, NULL) == 0;
}
