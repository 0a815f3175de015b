// The job's root: the machine's own root file system, bound where no other process sees it.

#include <sched.h>
#include <sys/mount.h>

#include "keeper.h"

bool private_root(const char *rootfs) {
  if (unshare(CLONE_NEWNS) != 0) return false;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  if (!rootfs) return true;
  if (mount("/", rootfs, NULL, MS_BIND, NULL) != 0) return false;
  return mount("none", rootfs, NULL, MS_PRIVATE, NULL) == 0;
}
