/*
 * Another content for a file that keeps its inode number, which a program may have noted. Not atomic as a rename is: a copy of what
 * the file holds is durable before its first byte is changed, and a file of half the content is put right by the next restore.
 */
#include "lib-tree-record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];

int tree_open_inode(struct tree_root *root, const char *path, uint64_t inode, uint64_t links) {
  const char *name;
  struct stat status;
  int parent = tree_parent(root, path, &name);
  int fd = parent < 0 ? -1 : openat(parent, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  int same = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == inode && status.st_dev == root->dev;
  if (same && status.st_nlink == links) return fd;
  close(fd);
  return -1;
}

static int copy_attributes(int from, int to) {
  ssize_t bytes = flistxattr(from, names, sizeof names);
  if (bytes < 0) return errno == EOPNOTSUPP ? 0 : errno;
  for (const char *at = names; at < names + bytes; at += strlen(at) + 1) {
    ssize_t length = fgetxattr(from, at, value, sizeof value);
    /* The kernel keeps some of them to itself. */
    if (length >= 0 && fsetxattr(to, at, value, (size_t)length, 0) < 0 && errno != EPERM && errno != EOPNOTSUPP) return errno;
  }
  return 0;
}

/* In the order that keeps them all, as in lib-tree-metadata.c. */
static int copy_metadata(int from, int to, const struct stat *status) {
  struct timespec times[2] = {status->st_atim, status->st_mtim};
  if (fchown(to, status->st_uid, status->st_gid) < 0) return errno;
  int error = copy_attributes(from, to);
  if (error) return error;
  return fchmod(to, status->st_mode & 07777) < 0 || futimens(to, times) < 0 ? errno : 0;
}

void tree_save_copy(struct tree_root *root, int fd, const char *path, const char *copy) {
  const char *name;
  struct stat status;
  int parent = tree_parent(root, copy, &name);
  int to = parent < 0 ? -1 : openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (to < 0 || fstat(fd, &status) < 0) tree_fail("cannot save", path, errno);
  int error = tree_copy_content(fd, to, status.st_size);
  if (!error) error = copy_metadata(fd, to, &status);
  if (!error && fsync(to) < 0) error = errno;
  if (close(to) < 0 && !error) error = errno;
  if (error) tree_fail("cannot save", path, error);
}

void tree_take_content(struct tree_root *root, int fd, const char *path, const char *from) {
  const char *name;
  struct stat status;
  int parent = tree_parent(root, from, &name);
  int source = parent < 0 ? -1 : tree_open_quietly(parent, name, 0);
  if (source < 0 || fstat(source, &status) < 0 || ftruncate(fd, 0) < 0) tree_fail("cannot write", path, errno);
  int error = tree_copy_content(source, fd, status.st_size);
  close(source);
  if (error) tree_fail("cannot write", path, error);
}
