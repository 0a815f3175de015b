/* Shared by the parts of holdfast-tree: buffers, records and paths that cannot leave their root. */
#ifndef HOLDFAST_LIB_TREE_H
#define HOLDFAST_LIB_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the record streams are little-endian and written as they lie in memory"
#endif

/* Longest path beneath a root: what fits an object's key with its prefix. */
#define TREE_PATH_MAX 4096
#define TREE_PAGE 4096u

struct tree_buffer {
  unsigned char *data;
  size_t used, size;
};

/* All of them end the program with a message when memory is out. */
void *tree_allocate(void *old, size_t bytes);
void *tree_append(struct tree_buffer *buffer, const void *data, size_t bytes);
void tree_append_u32(struct tree_buffer *buffer, uint32_t value);
void tree_write_all(int file, const void *data, size_t bytes);
void tree_read_all(int file, struct tree_buffer *buffer);

/* Ends the program with status 1 and one line on stderr: "ACTION PATH: reason". Bytes of PATH that do not print are escaped. */
_Noreturn void tree_fail(const char *action, const char *path, int error);

/* A cursor over bytes of somebody else's making: every read past the end ends the program. */
struct tree_cursor {
  const unsigned char *at, *end;
};
uint8_t tree_take_u8(struct tree_cursor *cursor);
uint16_t tree_take_u16(struct tree_cursor *cursor);
uint32_t tree_take_u32(struct tree_cursor *cursor);
uint64_t tree_take_u64(struct tree_cursor *cursor);
/* A string of a u32 length, copied and ended by NUL; one with a NUL inside ends the program. */
char *tree_take_string(struct tree_cursor *cursor);
struct tree_cursor tree_take_bytes(struct tree_cursor *cursor, uint32_t bytes);

/* A directory beneath which paths are resolved one component at a time, no link followed, no mount entered. */
struct tree_root {
  const char *name;
  unsigned char number;
  int fd;
  uint64_t dev;
  /* The parent that was opened last, since neighbours in a stream share it. */
  char *cached;
  int cached_fd;
};
void tree_root_open(struct tree_root *root, const char *name);
/*
 * The directory that holds PATH's last component, which *NAME is set to; stays the root's own and open until the next call.
 * Ends the program where PATH is not of plain components ("", ".", ".." and a leading slash are refused);
 * returns -1 with errno where a component is missing, is a link or lies on another file system.
 */
int tree_parent(struct tree_root *root, const char *path, const char **name);
/* False where the open directory is the top of a mount or lies on another device. */
int tree_is_inside(int directory, uint64_t dev);
/* To be called after anything that moves or replaces a directory. */
void tree_forget_parent(struct tree_root *root);

int tree_scan(int argc, char **argv);
int tree_capture(int argc, char **argv);
int tree_apply(int argc, char **argv);
int tree_unmount(int argc, char **argv);
int tree_exchange(int argc, char **argv);
/* True for an attribute by which overlayfs finds its way among the file systems of this very machine: never captured, nor put back or removed. */
int tree_is_machines_own(const char *attribute);
void tree_apply_metadata(struct tree_root *root, const char *path, struct tree_cursor *body);
/* Copies the regular file into the folder under its number, with exactly the size asked for. Returns 0, or ENOENT where it is gone; ends the program for all else. */
int tree_copy_file(struct tree_root *root, struct tree_root *folder, const char *path, uint32_t number, uint64_t size);
/* The content with its holes into a file that has none, and exactly this size. Returns 0 or an errno. */
int tree_copy_content(int from, int to, off_t size);
/* Opens the regular file for reading and writing; -1 where the path has another inode, the file has more or fewer names, or cannot be written. */
int tree_open_inode(struct tree_root *root, const char *path, uint64_t inode, uint64_t links);
/* Copies the open file PATH with all that belongs to it to the new file COPY, durably: the next that happens to it may destroy it. */
void tree_save_copy(struct tree_root *root, int fd, const char *path, const char *copy);
/* Replaces the content of the open file PATH by that of the file FROM; its metadata is set later. */
void tree_take_content(struct tree_root *root, int fd, const char *path, const char *from);
void tree_remove(struct tree_root *root, const char *path);
void tree_note(const struct tree_root *root, const char *path, const char *what);

#endif
