/*
 * holdfast-tree: what Node cannot do with files, and what must be quick while a job is frozen.
 *
 *   scan [--exclude PATH]… [--output FILE] ROOT   lists everything beneath ROOT as a record stream
 *   capture [--exclude PATH]… --output FILE --before FILE --stored FILE --copies FOLDER ROOT
 *                                                 lists a frozen ROOT and copies what a snapshot does not have yet
 *   apply ROOT…                                   carries out the actions on stdin beneath the roots
 *   unmount PID PATH                              takes a mount away in another process's mount namespace
 *   exchange PATH PATH                            gives each of two paths what the other names, in one step
 *
 * The formats are those of docs/files.md. Exit status: 0 done, 1 failed (one line on stderr), 2 wrong usage.
 */
#include "lib-tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

int main(int argc, char **argv) {
  /* A walk holds one descriptor for each level it is deep. */
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  umask(077);
  if (argc >= 2 && strcmp(argv[1], "scan") == 0) return tree_scan(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "capture") == 0) return tree_capture(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "apply") == 0) return tree_apply(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "unmount") == 0) return tree_unmount(argc - 2, argv + 2);
  if (argc >= 2 && strcmp(argv[1], "exchange") == 0) return tree_exchange(argc - 2, argv + 2);
  fputs("usage: holdfast-tree scan [--exclude PATH]... [--output FILE] ROOT | capture ... ROOT | apply ROOT... | unmount PID PATH | exchange PATH PATH\n", stderr);
  return 2;
}
