/*
 * apply: carries out a list of actions beneath one or more roots. The whole list is read and its framing checked before
 * the first action, and the first action that fails ends the program. Nothing is ever deleted but below `.holdfast`.
 */
#include "lib-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct tree_buffer output;

static void answer(unsigned char kind, const struct tree_root *root, const char *path, const char *text) {
  tree_append(&output, &kind, 1);
  tree_append(&output, &root->number, 1);
  tree_append_u32(&output, (uint32_t)strlen(path));
  tree_append(&output, path, strlen(path));
  tree_append_u32(&output, (uint32_t)strlen(text));
  tree_append(&output, text, strlen(text));
}

void tree_note(const struct tree_root *root, const char *path, const char *what) { answer('n', root, path, what); }

static int parent_of(struct tree_root *root, const char *action, const char *path, const char **name) {
  int parent = tree_parent(root, path, name);
  if (parent < 0) tree_fail(action, path, errno);
  return parent;
}

/* Folders of saved files belong to whom the root belongs to, or its owner could not look into them. */
static void make_parents(struct tree_root *root, char *path) {
  const char *name;
  struct stat owner;
  if (fstat(root->fd, &owner) < 0) tree_fail("cannot open", root->name, errno);
  for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    int parent = parent_of(root, "cannot make", path, &name);
    int made = mkdirat(parent, name, 0700) == 0;
    if (!made && errno != EEXIST) tree_fail("cannot make", path, errno);
    if (made && fchownat(parent, name, owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW) < 0) tree_fail("cannot set the owner of", path, errno);
    *slash = '/';
  }
}

/* A name already taken by an earlier, interrupted restore gets a number: what was saved is never replaced. NULL where there is nothing at PATH. */
static char *move_to_free_name(struct tree_root *root, const char *path, char *wanted) {
  const char *name, *target_name;
  char *target = tree_allocate(NULL, strlen(wanted) + 16);
  make_parents(root, wanted);
  for (unsigned attempt = 1;; attempt++) {
    sprintf(target, attempt == 1 ? "%s" : "%s~%u", wanted, attempt);
    int target_parent = dup(parent_of(root, "cannot move to", target, &target_name));
    int parent = tree_parent(root, path, &name);
    int done = target_parent >= 0 && parent >= 0 && renameat2(parent, name, target_parent, target_name, RENAME_NOREPLACE) == 0;
    int error = errno;
    if (target_parent >= 0) close(target_parent);
    tree_forget_parent(root);
    if (done) return target;
    if (error == ENOENT) return free(target), NULL;
    if (error != EEXIST || attempt == 100000) tree_fail("cannot move aside", path, error);
  }
}

static void move_aside(struct tree_root *root, const char *path, char *wanted) {
  char *target = move_to_free_name(root, path, wanted);
  if (target) answer('m', root, path, target);
  free(target);
}

static void make_directory(struct tree_root *root, char *path) {
  const char *name;
  struct stat status;
  if (strncmp(path, ".holdfast/", 10) == 0) make_parents(root, path);
  int parent = parent_of(root, "cannot make directory", path, &name);
  if (mkdirat(parent, name, 0700) == 0) return;
  if (errno != EEXIST) tree_fail("cannot make directory", path, errno);
  if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) tree_fail("cannot make directory", path, errno);
  if (!S_ISDIR(status.st_mode)) tree_fail("cannot make directory", path, ENOTDIR);
}

static void place(struct tree_root *root, const char *from, const char *path) {
  const char *from_name, *name;
  int from_parent = dup(parent_of(root, "cannot place", from, &from_name));
  int parent = parent_of(root, "cannot place", path, &name);
  if (from_parent < 0 || renameat2(from_parent, from_name, parent, name, RENAME_NOREPLACE) < 0) tree_fail("cannot place", path, errno);
  close(from_parent);
}

/*
 * Gives the file of this inode number the content of FROM, after a copy of it was saved. What is not that file any more, has got another name, which
 * is somebody else's, or cannot be written (a program that runs), is moved aside and replaced.
 */
static void overwrite(struct tree_root *root, const char *path, const char *from, char *wanted, uint64_t inode, uint64_t links) {
  int fd = tree_open_inode(root, path, inode, links);
  if (fd < 0) {
    move_aside(root, path, wanted);
    return place(root, from, path);
  }
  char *copy = tree_allocate(NULL, strlen(from) + 8);
  sprintf(copy, "%s.saved", from);
  tree_save_copy(root, fd, path, copy);
  char *target = move_to_free_name(root, copy, wanted);
  if (!target) tree_fail("cannot save", path, ENOENT);
  const char *name;
  if (fsync(parent_of(root, "cannot save", target, &name)) < 0) tree_fail("cannot save", path, errno);
  answer('m', root, path, target);
  tree_take_content(root, fd, path, from);
  close(fd);
  free(target);
  free(copy);
}

static void make_link(struct tree_root *root, const char *path, const char *target) {
  const char *name;
  int parent = parent_of(root, "cannot make link", path, &name);
  if (symlinkat(target, parent, name) < 0) tree_fail("cannot make link", path, errno);
}

static void make_node(struct tree_root *root, const char *path, struct tree_cursor *body) {
  const char *name;
  uint8_t type = tree_take_u8(body);
  uint32_t major_number = tree_take_u32(body), minor_number = tree_take_u32(body);
  mode_t mode = type == 'p' ? S_IFIFO : type == 's' ? S_IFSOCK : type == 'c' ? S_IFCHR : type == 'b' ? S_IFBLK : 0;
  if (!mode) tree_fail("cannot make node", path, EINVAL);
  int parent = parent_of(root, "cannot make node", path, &name);
  if (mknodat(parent, name, mode | 0600, makedev(major_number, minor_number)) < 0) tree_fail("cannot make node", path, errno);
}

static void make_hard_link(struct tree_root *from_root, const char *from, struct tree_root *root, const char *path) {
  const char *from_name, *name;
  int from_parent = dup(parent_of(from_root, "cannot link", from, &from_name));
  int parent = parent_of(root, "cannot link", path, &name);
  if (from_parent < 0 || linkat(from_parent, from_name, parent, name, 0) < 0) tree_fail("cannot link", path, errno);
  close(from_parent);
}

static void remove_empty(struct tree_root *root, const char *path) {
  const char *name;
  int parent = tree_parent(root, path, &name);
  if (parent < 0 && errno == ENOENT) return;
  if (parent < 0 || (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)) tree_fail("cannot remove", path, errno);
  tree_forget_parent(root);
}

static struct tree_root *take_root(struct tree_cursor *body, struct tree_root *roots, int count) {
  uint8_t root = tree_take_u8(body);
  if (root >= count) tree_fail("cannot act on", "a root that was not given", EBADMSG);
  return &roots[root];
}

static void act(struct tree_cursor *body, struct tree_root *roots, int count) {
  uint8_t action = tree_take_u8(body);
  struct tree_root *root = take_root(body, roots, count);
  char *path = tree_take_string(body), *other = NULL;
  switch (action) {
  case 'M': move_aside(root, path, other = tree_take_string(body)); break;
  case 'D': make_directory(root, path); break;
  case 'P': place(root, other = tree_take_string(body), path); break;
  case 'W': {
    char *from = tree_take_string(body);
    other = tree_take_string(body);
    uint64_t inode = tree_take_u64(body);
    overwrite(root, path, from, other, inode, tree_take_u64(body));
    free(from);
    break;
  }
  case 'L': make_link(root, path, other = tree_take_string(body)); break;
  case 'N': make_node(root, path, body); break;
  case 'H': {
    struct tree_root *from = take_root(body, roots, count);
    make_hard_link(from, other = tree_take_string(body), root, path);
    break;
  }
  case 'T': tree_apply_metadata(root, path, body); break;
  case 'R': remove_empty(root, path); break;
  case 'X': tree_remove(root, path); break;
  default: tree_fail("cannot act on", path, EBADMSG);
  }
  if (body->at != body->end) tree_fail("cannot act on", path, EBADMSG);
  free(path);
  free(other);
}

int tree_apply(int argc, char **argv) {
  struct tree_buffer input = {0};
  if (argc < 1 || argc > 255) {
    fputs("usage: holdfast-tree apply ROOT...\n", stderr);
    return 2;
  }
  struct tree_root *roots = tree_allocate(NULL, sizeof *roots * (size_t)argc);
  for (int i = 0; i < argc; i++) {
    tree_root_open(&roots[i], argv[i]);
    roots[i].number = (unsigned char)i;
  }
  tree_read_all(0, &input);
  struct tree_cursor all = {input.data, input.data + input.used};
  struct tree_cursor magic = tree_take_bytes(&all, 8);
  if (memcmp(magic.at, "HFACTS01", 8) != 0) tree_fail("cannot read", "the actions: another version", EBADMSG);
  uint32_t count = tree_take_u32(&all), seen = 0;
  for (struct tree_cursor at = all; at.at < at.end; seen++) tree_take_bytes(&at, tree_take_u32(&at));
  if (seen != count) tree_fail("cannot read", "the actions: some are missing", EBADMSG);
  while (all.at < all.end) {
    struct tree_cursor body = tree_take_bytes(&all, tree_take_u32(&all));
    act(&body, roots, argc);
  }
  tree_write_all(1, output.data, output.used);
  return 0;
}
