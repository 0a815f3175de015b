/*
 * capture: what has to happen to a root while its job stands still, in one go: the list of everything, and copies of the
 * files whose content is not in the snapshot yet. A file's content is in it where its byte in STORED is 2 and its status is
 * that of BEFORE; files of the inodes on stdin (u64 each) are copied in any case. Of hard links the first is copied.
 * Output: for each file copied u32 number (its place among the entries), u32 errno as `copy` has it.
 */
#include "lib-tree-record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORED = 2 };

struct before {
  struct tree_buffer stream, stored;
  const struct tree_record *at;
  size_t number;
};

static void load(const char *name, struct tree_buffer *into) {
  int file = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) tree_fail("cannot open", name, errno);
  tree_read_all(file, into);
  close(file);
}

/* The stream is this program's own; it was checked whole when it was read last. */
static const struct tree_record *next_entry(const struct tree_record *record) {
  do {
    if (record->kind == TREE_END) return record;
    record = (const struct tree_record *)((const char *)record + record->bytes + sizeof record->bytes);
  } while (record->kind != TREE_ENTRY && record->kind != TREE_END);
  return record;
}

static void open_before(struct before *before, const char *stream, const char *stored) {
  memset(before, 0, sizeof *before);
  load(stream, &before->stream);
  load(stored, &before->stored);
  if (before->stream.used < sizeof(struct tree_header) + sizeof(struct tree_record)) tree_fail("cannot read", stream, EBADMSG);
  /* The root itself comes first and is always an entry. */
  before->at = (const struct tree_record *)(before->stream.data + sizeof(struct tree_header));
}

static int same_status(const struct tree_record *left, const struct tree_record *right) {
  return left->type == right->type && left->dev == right->dev && left->ino == right->ino && left->size == right->size &&
         left->mtime_sec == right->mtime_sec && left->mtime_nsec == right->mtime_nsec && left->ctime_sec == right->ctime_sec &&
         left->ctime_nsec == right->ctime_nsec;
}

/* The entry of the same path and its number, or NULL. To be asked in the order of the paths. */
static const struct tree_record *find(struct before *before, const struct tree_record *record) {
  for (; before->at->kind != TREE_END; before->at = next_entry(before->at), before->number++) {
    int order = tree_compare_paths(before->at, record);
    if (order >= 0) return order == 0 ? before->at : NULL;
  }
  return NULL;
}

static int is_stored(const struct before *before, const struct tree_record *earlier, const struct tree_record *record) {
  return earlier && before->number < before->stored.used && before->stored.data[before->number] == STORED && same_status(earlier, record);
}

/* CRIU links open files whose name is gone under `link_remap.N` beside it, and takes that away again while this program looks. */
static int is_passing(const struct tree_record *record) {
  static const char stem[] = "link_remap.";
  const char *path = (const char *)(record + 1), *slash = memrchr(path, '/', record->path_bytes), *name = slash ? slash + 1 : path;
  size_t length = record->path_bytes - (size_t)(name - path), at = sizeof stem - 1;
  if (record->type == 'd' || length <= at || memcmp(name, stem, at) != 0) return 0;
  while (at < length && name[at] >= '0' && name[at] <= '9') at++;
  return at == length;
}

static int by_number(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static int has(const struct tree_buffer *numbers, uint64_t number) {
  return numbers->used && bsearch(&number, numbers->data, numbers->used / sizeof number, sizeof number, by_number) != NULL;
}

/* Inodes with several names that were met, in a table of a power of two that is never more than half full. */
struct inodes {
  uint64_t *slots;
  size_t size, used;
};

static int meet(struct inodes *met, uint64_t ino) {
  if (met->used * 2 >= met->size) {
    struct inodes larger = {.size = met->size ? met->size * 2 : 1024};
    larger.slots = calloc(larger.size, sizeof *larger.slots);
    if (!larger.slots) tree_fail("cannot allocate memory for", "hard links", ENOMEM);
    for (size_t i = 0; i < met->size; i++) {
      if (met->slots[i]) meet(&larger, met->slots[i]);
    }
    free(met->slots);
    *met = larger;
  }
  size_t slot = (size_t)(ino * 0x9e3779b97f4a7c15u >> 20) & (met->size - 1);
  for (; met->slots[slot]; slot = (slot + 1) & (met->size - 1)) {
    if (met->slots[slot] == ino) return 1;
  }
  met->slots[slot] = ino;
  met->used++;
  return 0;
}

struct copying {
  struct tree_root root, folder;
  struct before before;
  struct tree_buffer writable, output;
  struct inodes met;
};

/* Copies what is missing, and leaves out of the list what is CRIU's own. */
static void copy_missing(struct tree_list *list, struct copying *copying) {
  size_t *offsets = (size_t *)list->offsets.data, kept = 0;
  uint32_t number = 0;
  for (size_t i = 0; i < tree_record_count(list); i++) {
    const struct tree_record *record = tree_record_of(list, i);
    const struct tree_record *earlier = record->kind == TREE_ENTRY ? find(&copying->before, record) : NULL;
    if (record->kind == TREE_ENTRY && !earlier && is_passing(record)) continue;
    offsets[kept++] = offsets[i];
    if (record->kind != TREE_ENTRY) continue;
    uint32_t here = number++;
    if (record->type != 'f' || (record->nlink > 1 && meet(&copying->met, record->ino))) continue;
    if (is_stored(&copying->before, earlier, record) && !has(&copying->writable, record->ino)) continue;
    char path[TREE_PATH_MAX + 1];
    memcpy(path, record + 1, record->path_bytes);
    path[record->path_bytes] = 0;
    tree_append_u32(&copying->output, here);
    tree_append_u32(&copying->output, (uint32_t)tree_copy_file(&copying->root, &copying->folder, path, here, record->size));
  }
  list->offsets.used = kept * sizeof *offsets;
  list->header.records = kept;
}

int tree_capture(int argc, char **argv) {
  struct tree_list list;
  struct copying copying = {0};
  const char *stream = NULL, *stored = NULL, *copies = NULL;
  struct tree_walk_options options = {.excluded = tree_allocate(NULL, sizeof(char *) * (size_t)(argc + 1))};
  int at = 0;
  for (; at + 1 < argc; at += 2) {
    const char *value = argv[at + 1];
    if (strcmp(argv[at], "--exclude") == 0) options.excluded[options.excluded_count++] = argv[at + 1];
    else if (strcmp(argv[at], "--output") == 0) options.output = value;
    else if (strcmp(argv[at], "--before") == 0) stream = value;
    else if (strcmp(argv[at], "--stored") == 0) stored = value;
    else if (strcmp(argv[at], "--copies") == 0) copies = value;
    else break;
  }
  if (argc - at != 1 || !options.output || !stream || !stored || !copies) {
    fputs("usage: holdfast-tree capture [--exclude PATH]... --output FILE --before FILE --stored FILE --copies FOLDER ROOT\n", stderr);
    return 2;
  }
  options.root = argv[at];
  struct tree_buffer *writable = &copying.writable;
  tree_read_all(0, writable);
  writable->used -= writable->used % sizeof(uint64_t);
  if (writable->used) qsort(writable->data, writable->used / sizeof(uint64_t), sizeof(uint64_t), by_number);
  open_before(&copying.before, stream, stored);
  tree_walk(&list, &options);
  tree_root_open(&copying.root, options.root);
  tree_root_open(&copying.folder, copies);
  copy_missing(&list, &copying);
  tree_save_list(&list, options.output);
  tree_write_all(1, copying.output.data, copying.output.used);
  return 0;
}
