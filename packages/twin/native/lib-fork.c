// The request "fork": twins of the processes of a frozen job, which is frozen again afterwards.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin.h"

// What undoing and freezing again may take beyond the deadline.
#define AFTERWARDS_MS 2000

bool has_twins(void) {
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].twin > 0) return true;
  }
  return false;
}

void forget_all(void) {
  process_count = 0;
}

// Traced by somebody else, or not there: told before anything is touched.
static bool look_at(const struct fork_request *request) {
  for (size_t i = 0; i < request->pid_count; i++) {
    struct description process;
    if (!describe(request->pids[i], request->pids[i], &process)) return refuse("lost", "process %d has ended", request->pids[i]);
    // It has no memory any more; a twin of it is none.
    if (process.state == 'Z') continue;
    if (!find_process(request->pids[i])) add_process(request->pids[i], true);
  }
  if (!add_members(&request->freezer)) return false;
  for (size_t i = 0; i < process_count; i++) {
    pid_t tracer = tracer_of(processes[i].pid);
    if (tracer > 0) return refuse("traced", "process %d is traced by process %d", processes[i].pid, tracer);
  }
  return true;
}

// Whether what the process leaves behind comes to somebody between it and init.
static bool has_subreaper(const struct fork_request *request, pid_t pid) {
  struct description process;
  // No further than there are processes.
  for (size_t depth = 0; depth <= process_count && find_process(pid); depth++) {
    for (size_t i = 0; i < request->subreaper_count; i++) {
      if (request->subreapers[i] == pid) return true;
    }
    if (!describe(pid, pid, &process)) return false;
    pid = process.parent;
  }
  return false;
}

// A twin that tells init of its end is reaped there without the job's noticing; a job that is pid 1 itself must not be told of strangers.
static enum operation way_of(const struct fork_request *request, const struct process *process) {
  pid_t inside = inner_pid(process->pid, process->pid);
  if (inside == 1 || has_subreaper(request, process->pid)) return FORK_DIRECTLY;
  for (size_t i = 0; i < process_count; i++) {
    pid_t other = processes[i].pid;
    if (inner_pid(other, other) == 1 && inner_pid(process->pid, other) == inside) return reaps_strangers(other) ? FORK_THROUGH_MIDDLE : FORK_DIRECTLY;
  }
  return FORK_DIRECTLY;
}

static bool fork_each(const struct fork_request *request, int64_t end_ms) {
  bool good = true;
  for (size_t i = 0; good && i < process_count; i++) {
    if (processes[i].wanted) good = begin_operation(&processes[i], way_of(request, &processes[i]), 0);
  }
  return finish_operations(end_ms) && good;
}

static bool move_twins(const struct fork_request *request) {
  for (size_t i = 0; i < process_count; i++) {
    pid_t twin = processes[i].twin;
    if (twin <= 0) continue;
    char path[4600];
    // Where memory runs out, a twin goes before the job does.
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", twin);
    write_number(path, 1000);
    for (size_t group = 0; group < request->group_count; group++) {
      snprintf(path, sizeof path, "%s/cgroup.procs", request->groups[group]);
      if (!write_number(path, twin)) return refuse("group", "a twin cannot be moved to %s: %s", request->groups[group], strerror(errno));
    }
  }
  return true;
}

// What was begun is brought to its end, and no twin is left.
static void undo(void) {
  int64_t end = monotonic_ms() + AFTERWARDS_MS;
  kill_middlemen();
  finish_operations(end);
  pid_t *twins;
  size_t count = list_twins(&twins);
  for (size_t i = 0; i < process_count; i++) processes[i].twin = -1;
  kill_each(twins, count, end);
  reap_twins(twins, count, end);
  free(twins);
}

bool fork_twins(const struct fork_request *request) {
  int64_t end = monotonic_ms() + request->deadline_ms;
  if (stub_size() == 0) return refuse("machine", "twins are not made on this processor");
  if (has_twins()) return refuse("busy", "there are twins already");
  forget_all();
  if (!is_frozen(&request->freezer)) return refuse("running", "%s is not frozen", request->freezer.directory);
  if (!look_at(request)) return false;
  if (!seize_all()) {
    // Only this process's end lets go of threads that are frozen, and the job must not run before all of them are held.
    must_end = true;
    return false;
  }
  bool good = set_frozen(&request->freezer, false) || refuse("freezer", "%s cannot be thawed: %s", request->freezer.directory, strerror(errno));
  // Again, for threads that began between the listing and their maker's stop.
  good = good && await_stops(end) && seize_all() && await_stops(end);
  good = good && fork_each(request, end) && move_twins(request);
  if (!good) undo();
  freeze_again(&request->freezer);
  if (!detach_all()) must_end = true;
  if (!await_frozen(&request->freezer, monotonic_ms() + AFTERWARDS_MS) && !is_caller_gone()) {
    refuse("freezer", "%s does not freeze again", request->freezer.directory);
    // The twins end with this process.
    must_end = true;
    good = false;
  }
  if (!good) forget_all();
  return good;
}
