/* The parts of a record that take more than a stat: attributes, data between holes, a link's target. */
#include "lib-tree-record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];

int tree_open_quietly(int directory, const char *name, int flags) {
  int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME | flags);
  return fd < 0 && errno == EPERM ? openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags) : fd;
}

int tree_append_attributes(struct tree_list *list, size_t offset, const char *name, int fd) {
  struct tree_buffer *records = &list->records;
  size_t before = records->used;
  ssize_t bytes = name ? llistxattr(name, names, sizeof names) : flistxattr(fd, names, sizeof names);
  if (bytes < 0) return errno == EOPNOTSUPP ? 0 : errno;
  for (const char *at = names; at < names + bytes; at += strlen(at) + 1) {
    if (tree_is_machines_own(at)) continue;
    ssize_t length = name ? lgetxattr(name, at, value, sizeof value) : fgetxattr(fd, at, value, sizeof value);
    if (length < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) continue;
    if (length < 0) return errno;
    uint16_t name_bytes = (uint16_t)strlen(at);
    tree_append(records, &name_bytes, sizeof name_bytes);
    tree_append_u32(records, (uint32_t)length);
    tree_append(records, at, name_bytes);
    tree_append(records, value, (size_t)length);
  }
  tree_record_at(list, offset)->xattr_bytes = (uint32_t)(records->used - before);
  return 0;
}

/* Data extents in whole pages, neighbours joined. */
int tree_append_extents(struct tree_list *list, size_t offset, int directory, const char *name, uint64_t size) {
  struct tree_buffer *records = &list->records;
  uint64_t extent[2] = {0, 0};
  uint32_t count = 0;
  int fd = tree_open_quietly(directory, name, O_NONBLOCK);
  if (fd < 0) return errno;
  for (off_t at = 0; (uint64_t)at < size;) {
    off_t data = lseek(fd, at, SEEK_DATA), hole;
    if (data < 0 && errno == ENXIO) break;
    if (data < 0 || (hole = lseek(fd, data, SEEK_HOLE)) < 0) {
      int error = errno;
      close(fd);
      return error;
    }
    uint64_t from = (uint64_t)data / TREE_PAGE * TREE_PAGE, to = ((uint64_t)hole + TREE_PAGE - 1) / TREE_PAGE * TREE_PAGE;
    if (count && from <= extent[0] + extent[1]) {
      extent[1] = to - extent[0];
      memcpy(records->data + records->used - sizeof extent, extent, sizeof extent);
    } else {
      extent[0] = from;
      extent[1] = to - from;
      tree_append(records, extent, sizeof extent);
      count++;
    }
    at = hole;
  }
  close(fd);
  tree_record_at(list, offset)->extent_count = count;
  tree_record_at(list, offset)->flags |= TREE_SPARSE;
  return 0;
}

int tree_append_target(struct tree_list *list, size_t offset, int directory, const char *name) {
  static char target[PATH_MAX + 1];
  ssize_t bytes = readlinkat(directory, name, target, sizeof target);
  if (bytes < 0) return errno;
  tree_append(&list->records, target, (size_t)bytes);
  tree_record_at(list, offset)->target_bytes = (uint32_t)bytes;
  return 0;
}
