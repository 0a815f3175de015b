/*
 * exchange ONE OTHER: gives each of two paths of one file system what the other names, in one step: nobody ever finds one of them missing.
 */
#include "lib-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

int tree_exchange(int argc, char **argv) {
  if (argc != 2 || argv[0][0] != '/' || argv[1][0] != '/') {
    fputs("usage: holdfast-tree exchange PATH PATH\n", stderr);
    return 2;
  }
  if (renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE) != 0) tree_fail("exchange", argv[0], errno);
  return 0;
}
