/* Removal, of Holdfast's own leavings only: a path below `.holdfast`, no link followed, no other file system entered. */
#include "lib-tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void remove_entry(int parent, const char *name, uint64_t dev, const char *path) {
  if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) tree_fail("cannot remove", path, errno);
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) tree_fail("cannot remove", path, errno);
  if (!tree_is_inside(fd, dev)) tree_fail("cannot remove", path, EXDEV);
  DIR *directory = fdopendir(fd);
  if (!directory) tree_fail("cannot remove", path, errno);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) remove_entry(fd, entry->d_name, dev, path);
  }
  closedir(directory);
  if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT) tree_fail("cannot remove", path, errno);
}

void tree_remove(struct tree_root *root, const char *path) {
  const char *name;
  if (strncmp(path, ".holdfast/", 10) != 0) tree_fail("refused to remove", path, 0);
  int parent = tree_parent(root, path, &name);
  if (parent < 0 && errno == ENOENT) return;
  if (parent < 0) tree_fail("cannot remove", path, errno);
  remove_entry(parent, name, root->dev, path);
  tree_forget_parent(root);
}
