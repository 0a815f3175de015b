/* Records in memory: begun, ended, put in order, written. */
#include "lib-tree-record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tree_record *tree_record_at(const struct tree_list *list, size_t offset) { return (struct tree_record *)(list->records.data + offset); }

size_t tree_record_count(const struct tree_list *list) { return list->offsets.used / sizeof(size_t); }

struct tree_record *tree_record_of(const struct tree_list *list, size_t number) {
  return tree_record_at(list, ((const size_t *)list->offsets.data)[number]);
}

size_t tree_begin_record(struct tree_list *list, int kind, int type, const char *path) {
  size_t offset = list->records.used, length = strlen(path);
  tree_append(&list->offsets, &offset, sizeof offset);
  struct tree_record *record = tree_append(&list->records, NULL, sizeof *record);
  record->kind = (uint8_t)kind;
  record->type = (uint8_t)type;
  record->path_bytes = (uint32_t)length;
  tree_append(&list->records, path, length);
  return offset;
}

void tree_end_record(struct tree_list *list, size_t offset) {
  tree_record_at(list, offset)->bytes = (uint32_t)(list->records.used - offset - sizeof(uint32_t));
}

void tree_drop_record(struct tree_list *list, size_t offset) {
  list->records.used = offset;
  list->offsets.used -= sizeof(size_t);
}

int tree_compare_paths(const struct tree_record *left, const struct tree_record *right) {
  uint32_t shorter = left->path_bytes < right->path_bytes ? left->path_bytes : right->path_bytes;
  int order = memcmp(left + 1, right + 1, shorter);
  return order ? order : (left->path_bytes > right->path_bytes) - (left->path_bytes < right->path_bytes);
}

static int by_path(const void *left, const void *right, void *list) {
  return tree_compare_paths(tree_record_at(list, *(const size_t *)left), tree_record_at(list, *(const size_t *)right));
}

void tree_sort(struct tree_list *list) {
  qsort_r(list->offsets.data, tree_record_count(list), sizeof(size_t), by_path, list);
  list->header.records = tree_record_count(list);
}

void tree_write_list(const struct tree_list *list, int file) {
  struct tree_buffer sorted = {0};
  struct tree_record end = {.bytes = sizeof end - sizeof(uint32_t), .kind = TREE_END};
  tree_append(&sorted, &list->header, sizeof list->header);
  for (size_t number = 0; number < tree_record_count(list); number++) {
    const struct tree_record *record = tree_record_of(list, number);
    tree_append(&sorted, record, record->bytes + sizeof(uint32_t));
  }
  tree_append(&sorted, &end, sizeof end);
  tree_write_all(file, sorted.data, sorted.used);
  free(sorted.data);
}

void tree_save_list(const struct tree_list *list, const char *output) {
  int file = output ? open(output, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600) : 1;
  if (file < 0) tree_fail("cannot write", output, errno);
  tree_write_list(list, file);
  if (output && close(file) < 0) tree_fail("cannot write", output, errno);
}
