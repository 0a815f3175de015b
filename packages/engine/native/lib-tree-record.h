/* The record stream of a scan, as docs/files.md describes it, and a scan as it lies in memory. */
#ifndef HOLDFAST_LIB_TREE_RECORD_H
#define HOLDFAST_LIB_TREE_RECORD_H

#include "lib-tree.h"

#define TREE_MAGIC "HFTREE01"

enum { TREE_ENTRY = 1, TREE_BARRIER = 2, TREE_UNREADABLE = 3, TREE_END = 4 };
enum { TREE_SPARSE = 1, TREE_DIRECTORY = 2 };

struct __attribute__((packed)) tree_header {
  char magic[8];
  int64_t started_sec;
  uint32_t started_nsec;
  uint32_t reserved;
  uint64_t fs_type;
  uint64_t records;
};
_Static_assert(sizeof(struct tree_header) == 40, "the layout is part of the format");

/* `bytes` counts what follows it. After the fixed part: path, link target, attributes, extents. */
struct __attribute__((packed)) tree_record {
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
_Static_assert(sizeof(struct tree_record) == 120, "the layout is part of the format");

/* The records lie in `records` in the order of the walk; `offsets` (of size_t) has them in the order of their paths. */
struct tree_list {
  struct tree_header header;
  struct tree_buffer records, offsets;
};

struct tree_record *tree_record_at(const struct tree_list *list, size_t offset);
size_t tree_record_count(const struct tree_list *list);
/* In the order of the paths. */
struct tree_record *tree_record_of(const struct tree_list *list, size_t number);
size_t tree_begin_record(struct tree_list *list, int kind, int type, const char *path);
void tree_end_record(struct tree_list *list, size_t offset);
void tree_drop_record(struct tree_list *list, size_t offset);
int tree_compare_paths(const struct tree_record *left, const struct tree_record *right);
void tree_sort(struct tree_list *list);
void tree_write_list(const struct tree_list *list, int file);

/* For reading, without moving the time of access where the kernel lets us. */
int tree_open_quietly(int directory, const char *name, int flags);
/* Append a part to the record last begun; return 0 or an errno. Of `name` (in the current directory) and `fd` one is given. */
int tree_append_attributes(struct tree_list *list, size_t offset, const char *name, int fd);
int tree_append_extents(struct tree_list *list, size_t offset, int directory, const char *name, uint64_t size);
int tree_append_target(struct tree_list *list, size_t offset, int directory, const char *name);

/* Options that every walk takes. */
struct tree_walk_options {
  const char *output, *root;
  char **excluded;
  int excluded_count;
};
/* Lists everything beneath the root, sorted. Ends the program where the root itself cannot be read. */
void tree_walk(struct tree_list *list, const struct tree_walk_options *options);
/* Writes the list to the output that was asked for. */
void tree_save_list(const struct tree_list *list, const char *output);

#endif
