/*
 * Owner, attributes, mode and times of one entry, in the one order that keeps them all: a change of owner clears
 * set-uid bits and capabilities, an access list changes the mode, and everything changes the times. Only what differs
 * is set. All goes through an O_PATH descriptor whose type was checked, so that no link can be slipped in.
 */
#include "lib-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];

static mode_t type_of(uint8_t letter) {
  switch (letter) {
  case 'f': return S_IFREG;
  case 'd': return S_IFDIR;
  case 'l': return S_IFLNK;
  case 'p': return S_IFIFO;
  case 's': return S_IFSOCK;
  case 'c': return S_IFCHR;
  case 'b': return S_IFBLK;
  default: return 0;
  }
}

/* A file system that knows no such attribute, or a kernel that keeps it to itself, is told of, not fatal. */
static void attribute_failed(const struct tree_root *root, const char *path, const char *name) {
  char text[XATTR_NAME_MAX + 128];
  if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EROFS) tree_fail("cannot set the attributes of", path, errno);
  snprintf(text, sizeof text, "attribute %s: %s", name, strerror(errno));
  tree_note(root, path, text);
}

static int next_attribute(struct tree_cursor *list, char *name, struct tree_cursor *content) {
  if (list->at >= list->end) return 0;
  uint16_t name_bytes = tree_take_u16(list);
  uint32_t value_bytes = tree_take_u32(list);
  struct tree_cursor text = tree_take_bytes(list, name_bytes);
  if (name_bytes > XATTR_NAME_MAX || memchr(text.at, 0, name_bytes)) tree_fail("cannot take", "an attribute's name", EBADMSG);
  memcpy(name, text.at, name_bytes);
  name[name_bytes] = 0;
  *content = tree_take_bytes(list, value_bytes);
  return 1;
}

static int is_wanted(struct tree_cursor list, const char *sought) {
  char name[XATTR_NAME_MAX + 1];
  struct tree_cursor content;
  while (next_attribute(&list, name, &content)) {
    if (strcmp(name, sought) == 0) return 1;
  }
  return 0;
}

/* Handles of files in a lower layer, marks that there are such, counts of links that were counted there, the mount's number. Opaque marks and whiteouts mean the same everywhere. */
int tree_is_machines_own(const char *attribute) {
  static const char *const kept[] = {"impure", "nlink", "origin", "upper", "uuid"};
  const char *dot = strncmp(attribute, "trusted.overlay.", 16) == 0 ? attribute + 16 : strncmp(attribute, "user.overlay.", 13) == 0 ? attribute + 13 : NULL;
  for (size_t i = 0; dot && i < sizeof kept / sizeof *kept; i++) {
    if (strcmp(dot, kept[i]) == 0) return 1;
  }
  return 0;
}

static void set_attributes(const struct tree_root *root, const char *link, const char *path, struct tree_cursor wanted) {
  char name[XATTR_NAME_MAX + 1];
  struct tree_cursor content, list = wanted;
  ssize_t bytes = listxattr(link, names, sizeof names);
  for (const char *at = names; bytes > 0 && at < names + bytes; at += strlen(at) + 1) {
    if (!tree_is_machines_own(at) && !is_wanted(wanted, at) && removexattr(link, at) < 0 && errno != ENODATA) attribute_failed(root, path, at);
  }
  while (next_attribute(&list, name, &content)) {
    if (tree_is_machines_own(name)) continue;
    size_t length = (size_t)(content.end - content.at);
    ssize_t had = getxattr(link, name, value, sizeof value);
    if (had == (ssize_t)length && memcmp(value, content.at, length) == 0) continue;
    if (setxattr(link, name, content.at, length, 0) < 0) attribute_failed(root, path, name);
  }
}

static int same_time(struct timespec left, struct timespec right) { return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec; }

void tree_apply_metadata(struct tree_root *root, const char *path, struct tree_cursor *body) {
  const char *name = ".";
  char link[64];
  struct stat status;
  uint8_t type = tree_take_u8(body);
  uint32_t mode = tree_take_u32(body), uid = tree_take_u32(body), gid = tree_take_u32(body);
  struct timespec times[2];
  for (int i = 0; i < 2; i++) {
    times[i].tv_sec = (time_t)tree_take_u64(body);
    times[i].tv_nsec = tree_take_u32(body);
  }
  struct tree_cursor attributes = tree_take_bytes(body, tree_take_u32(body));
  int parent = *path ? tree_parent(root, path, &name) : root->fd;
  int fd = parent < 0 ? -1 : openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &status) < 0) tree_fail("cannot open", path, errno);
  if ((status.st_mode & S_IFMT) != type_of(type)) tree_fail("found another kind of file at", path, EEXIST);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if ((status.st_uid != uid || status.st_gid != gid) && fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0) tree_fail("cannot set the owner of", path, errno);
  set_attributes(root, link, path, attributes);
  if (fstat(fd, &status) < 0) tree_fail("cannot open", path, errno);
  if (type != 'l' && (status.st_mode & 07777) != mode && chmod(link, mode) < 0) tree_fail("cannot set the mode of", path, errno);
  if ((!same_time(status.st_atim, times[0]) || !same_time(status.st_mtim, times[1])) && utimensat(fd, "", times, AT_EMPTY_PATH) < 0)
    tree_fail("cannot set the times of", path, errno);
  close(fd);
}
