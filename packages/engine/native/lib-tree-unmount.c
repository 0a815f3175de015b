/*
 * unmount PID PATH: takes a mount away in the mount namespace of another process. Nothing of that namespace is executed: what lies at a path
 * there is its owner's, and this runs as the machine's root. Only where the namespace belongs to the same users as ours.
 */
#include "lib-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

static int same_users(int namespace) {
  struct stat theirs, ours;
  int owner = ioctl(namespace, NS_GET_USERNS);
  if (owner < 0) return 0;
  int same = fstat(owner, &theirs) == 0 && stat("/proc/self/ns/user", &ours) == 0 && theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
  close(owner);
  return same;
}

int tree_unmount(int argc, char **argv) {
  char place[64];
  if (argc != 2 || strspn(argv[0], "0123456789") != strlen(argv[0]) || strlen(argv[0]) > 10 || argv[1][0] != '/') {
    fputs("usage: holdfast-tree unmount PID PATH\n", stderr);
    return 2;
  }
  snprintf(place, sizeof place, "/proc/%s/ns/mnt", argv[0]);
  int namespace = open(place, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) tree_fail("enter", place, errno);
  if (!same_users(namespace)) tree_fail("enter", place, EPERM);
  if (setns(namespace, CLONE_NEWNS) != 0) tree_fail("enter", place, errno);
  if (umount2(argv[1], UMOUNT_NOFOLLOW) != 0) tree_fail("unmount", argv[1], errno);
  return 0;
}
