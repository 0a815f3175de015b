// What the parts of holdfast-pager share. Numbers on the feed's socket are little endian, as this machine's are.
#ifndef HOLDFAST_PAGER_H
#define HOLDFAST_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE ((uint64_t)4096)
// Of one message of the feed.
#define PAGES_LIMIT ((uint64_t)256)

// lib-pager-ranges.c

// Pages that are not there yet: where the process has them now, and where it had them in the snapshot.
struct range {
  uint64_t start, end, image;
};

// Sorted by `start`, not overlapping.
struct ranges {
  struct range *items;
  size_t count, room;
};

void add_range(struct ranges *ranges, struct range range);
// Those of [start, end) are not missing any more.
void drop_range(struct ranges *ranges, uint64_t start, uint64_t end);
// What the process moved from one place to another.
void move_range(struct ranges *ranges, uint64_t from, uint64_t to, uint64_t length);
void copy_ranges(struct ranges *to, const struct ranges *from);
// The range that has this address, or NULL.
const struct range *find_range(const struct ranges *ranges, uint64_t address);
// The first part of [image, end), addresses of the snapshot, that is missing; false where none is.
bool find_image(const struct ranges *ranges, uint64_t image, uint64_t end, struct range *part);

// lib-pager-space.c

// One address space with its userfaultfd. A fork has one of its own, and the pages of the process it comes from.
struct space {
  int fd;
  uint32_t id;
  // The process, as the snapshot numbers it.
  uint32_t pid;
  struct ranges missing;
  // Addresses that somebody waits at.
  uint64_t *faults;
  size_t fault_count, fault_room;
  struct space *next;
};

struct spaces {
  struct space *first;
  size_t count;
  // Whether the job runs: what is not mapped then is gone, and not yet to come.
  bool running;
  // A fork: its descriptor has to be kept elsewhere too, and watched.
  void (*added)(struct space *space);
  // A page that somebody waits for.
  void (*wanted)(struct space *space, uint64_t image);
  // An address space that is gone.
  void (*removed)(struct space *space);
};

// Takes over the descriptor. The ranges are copied.
struct space *add_space(struct spaces *spaces, int fd, uint32_t pid, const struct ranges *missing);
// Reads and answers one event; false where there is none. Ends the process's space where it is gone.
bool hear_space(struct spaces *spaces, struct space *space);
// Puts pages where they are missing, in every space of the process; zeros where `bytes` is NULL. False for what should not be.
bool place_pages(struct spaces *spaces, uint32_t pid, uint64_t image, uint64_t count, const unsigned char *bytes);
// Removes the spaces of processes that have ended.
void sweep_spaces(struct spaces *spaces);
bool any_missing(const struct spaces *spaces);

// lib-pager-feed.c

enum feed_kind { FEED_NEED = 1, FEED_TOLD, FEED_RUNNING, FEED_FAULT, FEED_COMPLETE, FEED_PAGES = 16, FEED_ZEROS, FEED_SENT };

struct feed_message {
  uint32_t kind, pid;
  uint64_t address, pages;
};

// Whole, or false: the other side is gone, or stood still for ten seconds.
bool tell_feed(int fd, uint32_t kind, uint32_t pid, uint64_t address, uint64_t pages);
bool hear_feed(int fd, struct feed_message *message, unsigned char *bytes);
// Tells everything that is missing.
bool tell_needs(int fd, const struct spaces *spaces);
// Tells what is waited for.
bool tell_faults(int fd, const struct spaces *spaces);

// lib-pager-restore.c

enum restore_word { RESTORE_GONE, RESTORE_SPACE, RESTORE_OTHER, RESTORE_FINISHED };

// One word of CRIU's restore: a process's userfaultfd, or that all processes are there.
enum restore_word hear_restore(int fd, uint32_t *pid, int *uffd);

// lib-pager-check.c

// Status 0, or 1 with a line that says what is missing.
int check_kernel(void);

// lib-pager-spare.c

// Where a job's processes are, and how they are thawed.
struct group {
  const char *procs, *freezer, *thaw;
};

// Starts a process that has all descriptors of this one, and kills the group where this one ends. It is named after `path`, this program's first word. Returns a
// descriptor that can be read once that process is gone, or -1.
int start_spare(char *path, const struct group *group);
void end_spare(void);

// lib-group.c

// Kills whoever is in a control group until nobody is.
void kill_group(const char *procs, const char *freezer, const char *thaw);

// lib-pager-keeper.c

struct keeper_word {
  char kind;
  uint32_t id;
};

// 'R': ready. 'U': holds this descriptor, too. 'C': lets go of it. 'D': all pages are there. 'F': cannot go on.
bool tell_keeper(int fd, char kind, uint32_t id, int passed);

#endif
