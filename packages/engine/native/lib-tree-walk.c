/* Walks everything beneath a root without following a link or entering another mount. */
#include "lib-tree-record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static struct tree_list *list;
static const struct tree_walk_options *options;
static struct statx root_status;
static char path[TREE_PATH_MAX + NAME_MAX + 2];

static void report(int error) {
  size_t offset = tree_begin_record(list, TREE_UNREADABLE, '!', path);
  tree_record_at(list, offset)->error = (uint32_t)error;
  tree_end_record(list, offset);
}

static int type_letter(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG: return 'f';
  case S_IFDIR: return 'd';
  case S_IFLNK: return 'l';
  case S_IFIFO: return 'p';
  case S_IFSOCK: return 's';
  case S_IFCHR: return 'c';
  default: return 'b';
  }
}

static void fill(struct tree_record *record, const struct statx *status) {
  record->flags = S_ISDIR(status->stx_mode) ? TREE_DIRECTORY : 0;
  record->mode = status->stx_mode & 07777;
  record->uid = status->stx_uid;
  record->gid = status->stx_gid;
  record->nlink = status->stx_nlink;
  record->rdev_major = status->stx_rdev_major;
  record->rdev_minor = status->stx_rdev_minor;
  record->dev = makedev(status->stx_dev_major, status->stx_dev_minor);
  record->ino = status->stx_ino;
  record->size = status->stx_size;
  record->blocks = status->stx_blocks;
  record->mtime_sec = status->stx_mtime.tv_sec;
  record->mtime_nsec = status->stx_mtime.tv_nsec;
  record->ctime_sec = status->stx_ctime.tv_sec;
  record->ctime_nsec = status->stx_ctime.tv_nsec;
  record->atime_sec = status->stx_atime.tv_sec;
  record->atime_nsec = status->stx_atime.tv_nsec;
}

/* 'x' left out on request, 'm' the top of a mount or on another device, 0 none. */
static int barrier_at(const struct statx *status) {
  for (int i = 0; i < options->excluded_count; i++) {
    if (strcmp(options->excluded[i], path) == 0) return 'x';
  }
  int elsewhere = status->stx_dev_major != root_status.stx_dev_major || status->stx_dev_minor != root_status.stx_dev_minor;
  return elsewhere || (status->stx_attributes & STATX_ATTR_MOUNT_ROOT) ? 'm' : 0;
}

/* Records `name` of the open directory that is also the current one; true where it is a directory to walk into. */
static int record_name(int directory, const char *name) {
  struct statx status;
  if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &status) < 0) {
    if (errno != ENOENT) report(errno);
    return 0;
  }
  int type = type_letter(status.stx_mode), barrier = barrier_at(&status), error = 0;
  size_t offset = tree_begin_record(list, barrier ? TREE_BARRIER : TREE_ENTRY, barrier ? barrier : type, path);
  fill(tree_record_at(list, offset), &status);
  if (!barrier) {
    if (type == 'l') error = tree_append_target(list, offset, directory, name);
    if (!error) error = tree_append_attributes(list, offset, name, -1);
    if (!error && type == 'f' && status.stx_blocks * 512 < status.stx_size) error = tree_append_extents(list, offset, directory, name, status.stx_size);
  }
  if (error) {
    tree_drop_record(list, offset);
    if (error != ENOENT) report(error);
    return 0;
  }
  tree_end_record(list, offset);
  return type == 'd' && !barrier;
}

/* Records all names of an open directory, which is made the current one; those of directories to walk into are added to `below`. */
static void record_names(int directory, size_t length, size_t base, struct tree_buffer *below) {
  static char block[1 << 16];
  if (fchdir(directory) < 0) return report(errno);
  for (;;) {
    ssize_t bytes = getdents64(directory, block, sizeof block);
    if (bytes < 0 && errno != ENOENT) {
      path[length] = 0;
      report(errno);
    }
    if (bytes <= 0) return;
    for (ssize_t at = 0; at < bytes;) {
      struct dirent64 *entry = (struct dirent64 *)(block + at);
      const char *name = entry->d_name;
      at += entry->d_reclen;
      if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
      strcpy(path + base, name);
      if (base + strlen(name) > TREE_PATH_MAX) report(ENAMETOOLONG);
      else if (record_name(directory, name)) tree_append(below, name, strlen(name) + 1);
    }
  }
}

static void walk(int directory, size_t length) {
  struct tree_buffer below = {0};
  size_t base = length ? length + 1 : 0;
  if (length) path[length] = '/';
  record_names(directory, length, base, &below);
  for (const char *name = (const char *)below.data; name && name < (const char *)below.data + below.used; name += strlen(name) + 1) {
    if (length) path[length] = '/';
    strcpy(path + base, name);
    int fd = tree_open_quietly(directory, name, O_DIRECTORY);
    if (fd < 0) {
      /* Gone, or replaced by something else since it was listed. */
      if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) report(errno);
      continue;
    }
    walk(fd, base + strlen(name));
    close(fd);
  }
  free(below.data);
  path[length] = 0;
}

void tree_walk(struct tree_list *into, const struct tree_walk_options *how) {
  struct timespec now;
  struct statfs system;
  list = into;
  options = how;
  memset(list, 0, sizeof *list);
  memcpy(list->header.magic, TREE_MAGIC, sizeof list->header.magic);
  clock_gettime(CLOCK_REALTIME, &now);
  list->header.started_sec = now.tv_sec;
  list->header.started_nsec = (uint32_t)now.tv_nsec;
  int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), root = tree_open_quietly(AT_FDCWD, how->root, O_DIRECTORY);
  if (root < 0 || fstatfs(root, &system) < 0 || statx(root, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &root_status) < 0) tree_fail("cannot open", how->root, errno);
  list->header.fs_type = (uint64_t)system.f_type;
  path[0] = 0;
  size_t offset = tree_begin_record(list, TREE_ENTRY, 'd', path);
  fill(tree_record_at(list, offset), &root_status);
  int error = tree_append_attributes(list, offset, NULL, root);
  if (error) tree_fail("cannot read the attributes of", how->root, error);
  tree_end_record(list, offset);
  walk(root, 0);
  close(root);
  /* The walk went from folder to folder, and paths of the caller's are relative to the first. */
  if (here < 0 || fchdir(here) < 0) tree_fail("cannot return to", "the first folder", errno);
  close(here);
  tree_sort(list);
}
