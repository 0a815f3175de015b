// The request "sweep": what a helper left in the job that was killed with it in its hands. A thread may still be on its way back, a child of our making on
// its way to its end, and an ended twin be left to its parent.

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "surgery.h"

struct list {
  pid_t *pids;
  size_t count, room;
};

static void append(struct list *list, pid_t pid) {
  if (list->count == list->room) {
    list->room = list->room ? list->room * 2 : 64;
    list->pids = realloc(list->pids, list->room * sizeof *list->pids);
    if (!list->pids) abort();
  }
  list->pids[list->count++] = pid;
}

// Twins below the job's processes, which are no members of its control group: those that have ended and tell nobody, and those that are about to, for
// which this waits.
static void find_left(struct list *list, int64_t end_ms) {
  DIR *folder = opendir("/proc");
  if (!folder) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct description process;
    pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)atoi(entry->d_name) : 0;
    if (pid <= 0 || !describe(pid, pid, &process) || !is_named_twin(pid) || !find_process(process.parent)) continue;
    kill(pid, SIGKILL);
    while (describe(pid, pid, &process) && process.state != 'Z' && monotonic_ms() < end_ms) sleep_us(500);
    if (process.exit_signal == 0) append(list, pid);
  }
  closedir(folder);
}

static bool is_stub_left(void) {
  unsigned char stub[STUB_ROOM];
  for (size_t i = 0; i < process_count; i++) {
    if (find_left_stub(processes[i].pid, stub)) return true;
  }
  return false;
}

// The thread goes back as the stub would have sent it. A child of the stub's is killed.
static void recover(struct tracee *tracee, uint64_t address, const unsigned char *stub, struct list *killed) {
  struct machine_state state;
  uint64_t mask;
  if (!machine_read(tracee->tid, &state) || machine_instruction(&state) - address >= stub_size()) return;
  if (stub_is_child(&state, address)) {
    kill(tracee->tid, SIGKILL);
    append(killed, tracee->tid);
    return;
  }
  stub_recover(stub, &state, &mask);
  set_mask(tracee->tid, mask);
  machine_write(tracee->tid, &state);
}

// A middleman shares the memory of the process that made it, so each stub is taken away only after every thread has been looked at.
static void recover_all(struct list *killed) {
  unsigned char stub[STUB_ROOM];
  static const unsigned char nothing[STUB_ROOM];
  for (size_t i = 0; i < process_count; i++) {
    uint64_t address = find_left_stub(processes[i].pid, stub);
    for (size_t n = 0; address && n < tracee_count(); n++) {
      struct tracee *tracee = tracee_at(n);
      if (tracee->stopped && tracee->process == &processes[i]) recover(tracee, address, stub, killed);
    }
  }
  for (size_t i = 0; i < process_count; i++) {
    uint64_t address = find_left_stub(processes[i].pid, stub);
    if (address) write_memory(processes[i].pid, address, nothing, stub_size());
  }
}

bool sweep(const struct freezer *freezer, int64_t deadline_ms) {
  int64_t end = monotonic_ms() + deadline_ms;
  struct list left = {.count = 0};
  if (has_twins()) return refuse("busy", "there are twins of this helper");
  if (is_frozen(freezer)) return refuse("frozen", "%s is frozen: what is left in it cannot be removed now", freezer->directory);
  forget_all();
  if (!add_members(freezer)) return false;
  find_left(&left, end);
  // Nearly always.
  if (left.count == 0 && !is_stub_left()) return true;
  bool good = seize_all() && await_stops(end);
  if (good) {
    recover_all(&left);
    kill_each(left.pids, left.count, end);
    good = reap_twins(left.pids, left.count, end);
  }
  if (!detach_all()) must_end = true;
  free(left.pids);
  forget_all();
  return good;
}
