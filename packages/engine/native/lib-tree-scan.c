/* scan: everything beneath a root, without following a link or entering another mount, as one sorted record stream. */
#include "lib-tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { KIND_ENTRY = 1, KIND_BARRIER = 2, KIND_UNREADABLE = 3, KIND_END = 4, FLAG_SPARSE = 1, FLAG_DIRECTORY = 2 };

struct __attribute__((packed)) header {
  char magic[8];
  int64_t started_sec;
  uint32_t started_nsec;
  uint32_t reserved;
  uint64_t fs_type;
  uint64_t records;
};

/* `bytes` counts what follows it. After the fixed part: path, link target, attributes, extents. */
struct __attribute__((packed)) record {
  uint32_t bytes;
  uint8_t kind, type;
  uint16_t flags;
  uint32_t mode, uid, gid, nlink, rdev_major, rdev_minor;
  uint64_t dev, ino, size, blocks;
  int64_t mtime_sec;
  uint32_t mtime_nsec, ctime_nsec;
  int64_t ctime_sec, atime_sec;
  uint32_t atime_nsec;
  uint32_t path_bytes, target_bytes, xattr_bytes, extent_count, error;
};
_Static_assert(sizeof(struct record) == 120, "the layout is part of the format");

struct index_entry {
  size_t offset;
};

static struct tree_buffer records, index_entries;
static struct statx root_status;
static char **excluded;
static int excluded_count;
static char path[TREE_PATH_MAX + NAME_MAX + 2];
static char attribute_names[XATTR_LIST_MAX];
static char attribute_value[XATTR_SIZE_MAX];

static struct record *record_at(size_t offset) { return (struct record *)(records.data + offset); }

static size_t begin_record(int kind, int type) {
  size_t offset = records.used, length = strlen(path);
  struct index_entry entry = {offset};
  tree_append(&index_entries, &entry, sizeof entry);
  struct record *record = tree_append(&records, NULL, sizeof *record);
  record->kind = (uint8_t)kind;
  record->type = (uint8_t)type;
  record->path_bytes = (uint32_t)length;
  tree_append(&records, path, length);
  return offset;
}

static void end_record(size_t offset) { record_at(offset)->bytes = (uint32_t)(records.used - offset - sizeof(uint32_t)); }

static void drop_record(size_t offset) {
  records.used = offset;
  index_entries.used -= sizeof(struct index_entry);
}

static void report(int error) {
  size_t offset = begin_record(KIND_UNREADABLE, '!');
  record_at(offset)->error = (uint32_t)error;
  end_record(offset);
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

/* `name` is in the current directory; NULL means the descriptor itself. Returns 0 or an errno. */
static int append_attributes(size_t offset, const char *name, int fd) {
  size_t before = records.used;
  ssize_t names = name ? llistxattr(name, attribute_names, sizeof attribute_names) : flistxattr(fd, attribute_names, sizeof attribute_names);
  if (names < 0) return errno == EOPNOTSUPP ? 0 : errno;
  for (const char *at = attribute_names; at < attribute_names + names; at += strlen(at) + 1) {
    ssize_t bytes = name ? lgetxattr(name, at, attribute_value, sizeof attribute_value) : fgetxattr(fd, at, attribute_value, sizeof attribute_value);
    if (bytes < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) continue;
    if (bytes < 0) return errno;
    uint16_t name_bytes = (uint16_t)strlen(at);
    tree_append(&records, &name_bytes, sizeof name_bytes);
    tree_append_u32(&records, (uint32_t)bytes);
    tree_append(&records, at, name_bytes);
    tree_append(&records, attribute_value, (size_t)bytes);
  }
  record_at(offset)->xattr_bytes = (uint32_t)(records.used - before);
  return 0;
}

/* For reading, without moving the time of access where the kernel lets us. */
static int open_quietly(int directory, const char *name, int flags) {
  int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME | flags);
  return fd < 0 && errno == EPERM ? openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags) : fd;
}

/* Data extents in whole pages, neighbours joined. */
static int append_extents(size_t offset, int directory, const char *name, uint64_t size) {
  int fd = open_quietly(directory, name, O_NONBLOCK);
  if (fd < 0) return errno;
  uint64_t extent[2] = {0, 0};
  uint32_t count = 0;
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
      memcpy(records.data + records.used - sizeof extent, extent, sizeof extent);
    } else {
      extent[0] = from;
      extent[1] = to - from;
      tree_append(&records, extent, sizeof extent);
      count++;
    }
    at = hole;
  }
  close(fd);
  record_at(offset)->extent_count = count;
  record_at(offset)->flags |= FLAG_SPARSE;
  return 0;
}

static int append_target(size_t offset, int directory, const char *name) {
  static char target[PATH_MAX + 1];
  ssize_t bytes = readlinkat(directory, name, target, sizeof target);
  if (bytes < 0) return errno;
  tree_append(&records, target, (size_t)bytes);
  record_at(offset)->target_bytes = (uint32_t)bytes;
  return 0;
}

static void fill(struct record *record, const struct statx *status) {
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

/* Records `name` of the open directory that is also the current one; true where it is a directory to walk into. */
static int record_name(int directory, const char *name) {
  struct statx status;
  if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &status) < 0) {
    if (errno != ENOENT) report(errno);
    return 0;
  }
  int type = type_letter(status.stx_mode), barrier = 0, error = 0;
  for (int i = 0; i < excluded_count; i++) {
    if (strcmp(excluded[i], path) == 0) barrier = 'x';
  }
  int elsewhere = status.stx_dev_major != root_status.stx_dev_major || status.stx_dev_minor != root_status.stx_dev_minor;
  if (!barrier && (elsewhere || (status.stx_attributes & STATX_ATTR_MOUNT_ROOT))) barrier = 'm';
  size_t offset = begin_record(barrier ? KIND_BARRIER : KIND_ENTRY, barrier ? barrier : type);
  fill(record_at(offset), &status);
  if (type == 'd') record_at(offset)->flags |= FLAG_DIRECTORY;
  if (!barrier) {
    if (type == 'l') error = append_target(offset, directory, name);
    if (!error) error = append_attributes(offset, name, -1);
    if (!error && type == 'f' && status.stx_blocks * 512 < status.stx_size) error = append_extents(offset, directory, name, status.stx_size);
  }
  if (error) {
    drop_record(offset);
    if (error != ENOENT) report(error);
    return 0;
  }
  end_record(offset);
  return type == 'd' && !barrier;
}

static void walk(int directory, size_t length) {
  struct tree_buffer below = {0};
  static char block[1 << 16];
  if (fchdir(directory) < 0) return report(errno);
  size_t base = length ? length + 1 : 0;
  if (length) path[length] = '/';
  for (;;) {
    ssize_t bytes = getdents64(directory, block, sizeof block);
    if (bytes < 0 && errno != ENOENT) {
      path[length] = 0;
      report(errno);
    }
    if (bytes <= 0) break;
    for (ssize_t at = 0; at < bytes;) {
      struct dirent64 *entry = (struct dirent64 *)(block + at);
      at += entry->d_reclen;
      const char *name = entry->d_name;
      if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
      strcpy(path + base, name);
      if (base + strlen(name) > TREE_PATH_MAX) report(ENAMETOOLONG);
      else if (record_name(directory, name)) tree_append(&below, name, strlen(name) + 1);
    }
  }
  for (const char *name = (const char *)below.data; name && name < (const char *)below.data + below.used; name += strlen(name) + 1) {
    strcpy(path + base, name);
    if (length) path[length] = '/';
    int fd = open_quietly(directory, name, O_DIRECTORY);
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

static int by_path(const void *left, const void *right) {
  struct record *a = record_at(((const struct index_entry *)left)->offset), *b = record_at(((const struct index_entry *)right)->offset);
  uint32_t shorter = a->path_bytes < b->path_bytes ? a->path_bytes : b->path_bytes;
  int order = memcmp(a + 1, b + 1, shorter);
  return order ? order : (a->path_bytes > b->path_bytes) - (a->path_bytes < b->path_bytes);
}

static void print(int file, struct header *header) {
  struct index_entry *entries = (struct index_entry *)index_entries.data;
  size_t count = index_entries.used / sizeof *entries;
  struct tree_buffer sorted = {0};
  struct record end = {.bytes = sizeof end - sizeof(uint32_t), .kind = KIND_END};
  qsort(entries, count, sizeof *entries, by_path);
  header->records = count;
  tree_append(&sorted, header, sizeof *header);
  for (size_t i = 0; i < count; i++) {
    struct record *record = record_at(entries[i].offset);
    tree_append(&sorted, record, record->bytes + sizeof(uint32_t));
  }
  tree_append(&sorted, &end, sizeof end);
  tree_write_all(file, sorted.data, sorted.used);
}

int tree_scan(int argc, char **argv) {
  const char *output = NULL;
  int at = 0;
  excluded = tree_allocate(NULL, sizeof *excluded * (size_t)(argc + 1));
  for (; at + 1 < argc; at += 2) {
    if (strcmp(argv[at], "--exclude") == 0) excluded[excluded_count++] = argv[at + 1];
    else if (strcmp(argv[at], "--output") == 0) output = argv[at + 1];
    else break;
  }
  if (argc - at != 1) {
    fputs("usage: holdfast-tree scan [--exclude PATH]... [--output FILE] ROOT\n", stderr);
    return 2;
  }
  int file = output ? open(output, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600) : 1;
  if (file < 0) tree_fail("cannot write", output, errno);
  struct header header = {0};
  struct timespec now;
  memcpy(header.magic, "HFTREE01", sizeof header.magic);
  clock_gettime(CLOCK_REALTIME, &now);
  header.started_sec = now.tv_sec;
  header.started_nsec = (uint32_t)now.tv_nsec;
  int root = open_quietly(AT_FDCWD, argv[at], O_DIRECTORY);
  struct statfs system;
  if (root < 0 || fstatfs(root, &system) < 0 || statx(root, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &root_status) < 0) tree_fail("cannot open", argv[at], errno);
  header.fs_type = (uint64_t)system.f_type;
  size_t offset = begin_record(KIND_ENTRY, 'd');
  fill(record_at(offset), &root_status);
  record_at(offset)->flags |= FLAG_DIRECTORY;
  int error = append_attributes(offset, NULL, root);
  if (error) tree_fail("cannot read the attributes of", argv[at], error);
  end_record(offset);
  walk(root, 0);
  print(file, &header);
  if (output && close(file) < 0) tree_fail("cannot write", output, errno);
  return 0;
}
