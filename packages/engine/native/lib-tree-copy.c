/* Copies a file of a frozen job: a clone where the file system can, else only the data between the holes. */
#include "lib-tree-record.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int copy_by_hand(int from, int to, off_t at, off_t end) {
  static char block[1 << 18];
  while (at < end) {
    size_t want = end - at < (off_t)sizeof block ? (size_t)(end - at) : sizeof block;
    ssize_t got = pread(from, block, want, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (ssize_t done = 0; done < got;) {
      ssize_t written = pwrite(to, block + done, (size_t)(got - done), at + done);
      if (written < 0 && errno != EINTR) return errno;
      if (written > 0) done += written;
    }
    at += got;
  }
  return 0;
}

static int copy_range(int from, int to, off_t at, off_t end) {
  while (at < end) {
    off_t in = at, out = at;
    ssize_t copied = copy_file_range(from, &in, to, &out, (size_t)(end - at), 0);
    if (copied < 0 && errno == EINTR) continue;
    /* Between file systems of two kinds, and on pseudo files that give nothing, reading and writing still works. */
    if (copied <= 0) return copy_by_hand(from, to, at, end);
    at += copied;
  }
  return 0;
}

static int copy_data(int from, int to, off_t size) {
  for (off_t at = 0; at < size;) {
    off_t data = lseek(from, at, SEEK_DATA), hole;
    if (data < 0 && errno == ENXIO) return 0;
    if (data < 0 || (hole = lseek(from, data, SEEK_HOLE)) < 0) {
      data = at;
      hole = size;
    }
    int error = data < size ? copy_range(from, to, data, hole < size ? hole : size) : 0;
    if (error) return error;
    at = hole;
  }
  return 0;
}

int tree_copy_content(int from, int to, off_t size) {
  int error = ioctl(to, FICLONE, from) < 0 ? copy_data(from, to, size) : 0;
  return !error && ftruncate(to, size) < 0 ? errno : error;
}

/* Something outside the job took it away, or put a link in its place. */
static int vanished(const char *path) {
  if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) tree_fail("cannot copy", path, errno);
  return ENOENT;
}

int tree_copy_file(struct tree_root *root, struct tree_root *folder, const char *path, uint32_t number, uint64_t size) {
  const char *name;
  char target[16];
  struct stat status;
  int parent = tree_parent(root, path, &name);
  if (parent < 0) return vanished(path);
  int from = tree_open_quietly(parent, name, O_NONBLOCK);
  if (from < 0) return vanished(path);
  snprintf(target, sizeof target, "%u", number);
  if (fstat(from, &status) < 0 || !S_ISREG(status.st_mode)) {
    close(from);
    return ENOENT;
  }
  int to = openat(folder->fd, target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), error = to < 0 ? errno : 0;
  if (!error) error = tree_copy_content(from, to, (off_t)size);
  if (to >= 0 && close(to) < 0 && !error) error = errno;
  close(from);
  if (error) tree_fail("cannot copy", path, error);
  return 0;
}
