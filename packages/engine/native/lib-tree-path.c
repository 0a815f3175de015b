/*
 * Paths beneath a root. Every component is opened with O_NOFOLLOW from the one before, so that neither a table with
 * "../../etc/passwd" nor a link planted in the tree leads anywhere else; a component of another mount is refused too.
 */
#include "lib-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void tree_root_open(struct tree_root *root, const char *name) {
  struct stat status;
  root->name = name;
  root->cached = NULL;
  root->cached_fd = -1;
  root->fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (root->fd < 0 || fstat(root->fd, &status) < 0) tree_fail("cannot open", name, errno);
  root->dev = status.st_dev;
}

static void check_plain(const char *path) {
  const char *at = path;
  if (strlen(path) > TREE_PATH_MAX) tree_fail("refused path", path, ENAMETOOLONG);
  for (;;) {
    size_t length = strcspn(at, "/");
    if (length == 0 || (length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.')) tree_fail("refused path", path, 0);
    if (!at[length]) return;
    at += length + 1;
  }
}

void tree_forget_parent(struct tree_root *root) {
  if (root->cached_fd >= 0) close(root->cached_fd);
  free(root->cached);
  root->cached = NULL;
  root->cached_fd = -1;
}

int tree_is_inside(int directory, uint64_t dev) {
  struct statx status;
  if (statx(directory, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0) return 0;
  return makedev(status.stx_dev_major, status.stx_dev_minor) == dev && !(status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int tree_parent(struct tree_root *root, const char *path, const char **name) {
  check_plain(path);
  const char *slash = strrchr(path, '/');
  *name = slash ? slash + 1 : path;
  if (!slash) return root->fd;
  size_t length = (size_t)(slash - path);
  if (root->cached && strlen(root->cached) == length && memcmp(root->cached, path, length) == 0) return root->cached_fd;
  tree_forget_parent(root);
  char *parent = tree_allocate(NULL, length + 1);
  memcpy(parent, path, length);
  parent[length] = 0;
  int fd = dup(root->fd);
  for (char *at = parent; fd >= 0 && at;) {
    char *end = strchr(at, '/');
    if (end) *end = 0;
    int next = openat(fd, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    if (next >= 0 && !tree_is_inside(next, root->dev)) {
      close(next);
      next = -1;
      error = EXDEV;
    }
    close(fd);
    fd = next;
    errno = error;
    if (end) *end = '/';
    at = end ? end + 1 : NULL;
  }
  if (fd < 0) {
    int error = errno;
    free(parent);
    errno = error;
    return -1;
  }
  root->cached = parent;
  root->cached_fd = fd;
  return fd;
}
