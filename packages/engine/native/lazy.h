// The keeper's part in a lazy resume: it starts the pager, and holds what the pager must not be alone to hold.
#ifndef HOLDFAST_LAZY_H
#define HOLDFAST_LAZY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct lazy {
  // NULL: the job's memory is whole from the start.
  const char *pager, *folder, *patience_ms, *freezer, *thaw;
  char procs[4200];
  // The pager's socket; -1: nothing is missing, or the job is to end.
  int fd;
  // The pager's, a child of the keeper.
  pid_t pid;
  bool ready, whole, lost;
  struct held {
    int fd;
    uint32_t id;
  } *held;
  size_t count, room;
};

// Starts the pager; false where it cannot be. Its words come by `fd`.
bool start_lazy(struct lazy *lazy);
// Takes what the pager said; `lost` is set where it cannot go on, or is gone.
void hear_lazy(struct lazy *lazy);
// Kills the job, and lets go of its memory then.
void end_lazy(struct lazy *lazy);
// Whether pages may be missing.
bool is_lazy(const struct lazy *lazy);

#endif
