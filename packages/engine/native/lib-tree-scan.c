/* scan: everything beneath a root as one sorted record stream. */
#include "lib-tree-record.h"

#include <stdio.h>
#include <string.h>

int tree_scan(int argc, char **argv) {
  struct tree_list list;
  struct tree_walk_options options = {.excluded = tree_allocate(NULL, sizeof(char *) * (size_t)(argc + 1))};
  int at = 0;
  for (; at + 1 < argc; at += 2) {
    if (strcmp(argv[at], "--exclude") == 0) options.excluded[options.excluded_count++] = argv[at + 1];
    else if (strcmp(argv[at], "--output") == 0) options.output = argv[at + 1];
    else break;
  }
  if (argc - at != 1) {
    fputs("usage: holdfast-tree scan [--exclude PATH]... [--output FILE] ROOT\n", stderr);
    return 2;
  }
  options.root = argv[at];
  tree_walk(&list, &options);
  tree_save_list(&list, options.output);
  return 0;
}
