// The request "drop": the twins end, and nothing of them stays in the job.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "twin.h"

// What letting go may take beyond the deadline.
#define AFTERWARDS_MS 2000

size_t list_twins(pid_t **twins) {
  size_t count = 0;
  *twins = malloc((process_count + 1) * sizeof **twins);
  if (!*twins) abort();
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].twin > 0) (*twins)[count++] = processes[i].twin;
  }
  return count;
}

// A twin that has ended stays in its parent's list of children until it is reaped there.
bool reap_twins(const pid_t *twins, size_t count, int64_t end_ms) {
  bool good = true;
  for (size_t i = 0; i < count; i++) {
    struct description twin;
    if (!describe(twins[i], twins[i], &twin)) continue;
    struct process *parent = find_process(twin.parent);
    // A parent that is not held does it by itself.
    if (!parent || !stopped_thread(parent)) continue;
    // One after the other: a parent may have several.
    if (!begin_operation(parent, REAP, inner_pid(twins[i], parent->pid)) || !finish_operations(end_ms)) good = false;
  }
  return good;
}

// Those whose parent is of the job: others are nobody's business, as those of a process that ended when there is no namespace of its own.
static bool await_reaping(const struct freezer *freezer, const pid_t *twins, size_t count, int64_t end_ms) {
  struct description twin;
  if (!add_members(freezer)) return false;
  for (size_t i = 0; i < count; i++) {
    for (int turn = 0; describe(twins[i], twins[i], &twin) && find_process(twin.parent); turn++) {
      if (monotonic_ms() >= end_ms) return refuse("zombie", "process %d does not reap what a twin left", twin.parent);
      sleep_us(turn < 20 ? 100 : 2000);
    }
  }
  return true;
}

// Only those that a dead twin tells nothing: the init of a namespace reaps what tells it.
static bool seize_parents(const pid_t *twins, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct description twin;
    if (!describe(twins[i], twins[i], &twin) || twin.exit_signal != 0) continue;
    struct process *parent = find_process(twin.parent);
    if (!seize_process(parent ? parent : add_process(twin.parent, false))) return false;
  }
  return true;
}

static bool end_and_reap(const pid_t *twins, size_t count, bool held, int64_t end_ms) {
  bool ended = kill_each(twins, count, end_ms);
  return held && ended && reap_twins(twins, count, end_ms);
}

bool drop_twins(const struct freezer *freezer, bool frozen, int64_t deadline_ms) {
  int64_t end = monotonic_ms() + deadline_ms;
  pid_t *twins;
  size_t count = list_twins(&twins);
  // Processes of the fork may be gone, and their numbers be another's.
  forget_all();
  bool held = true, good = true;
  if (frozen) {
    held = add_members(freezer) && seize_all();
    // Threads that are frozen are let go of by this process's end only, and the job must not run before all of them are held.
    if (!held) must_end = true;
    else held = set_frozen(freezer, false) && await_stops(end);
  } else {
    held = seize_parents(twins, count) && await_stops(end);
  }
  good = end_and_reap(twins, count, held, end);
  if (frozen) freeze_again(freezer);
  if (!detach_all()) must_end = true;
  if (frozen && !await_frozen(freezer, monotonic_ms() + AFTERWARDS_MS) && !is_caller_gone()) good = refuse("freezer", "%s does not freeze again", freezer->directory);
  if (!frozen && good) good = await_reaping(freezer, twins, count, end);
  free(twins);
  forget_all();
  return good;
}
