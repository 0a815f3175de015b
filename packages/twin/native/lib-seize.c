// Taking hold of every thread of the job, and letting go of it.

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>

#include "twin.h"

bool must_end;

static bool add_member(pid_t pid, void *context) {
  (void)context;
  if (!find_process(pid)) add_process(pid, false);
  return true;
}

bool add_members(const struct freezer *freezer) {
  return each_member(freezer->directory, add_member, NULL) || refuse("lost", "the members of %s cannot be listed", freezer->directory);
}

static bool seize_thread(struct process *process, pid_t tid, bool *any) {
  if (find_tracee(tid)) return true;
  struct description thread;
  if (!describe(process->pid, tid, &thread) || thread.state == 'Z' || thread.state == 'X') return true;
  if (ptrace(PTRACE_SEIZE, tid, NULL, 0) != 0) {
    // It has just ended.
    if (errno == ESRCH) return true;
    return refuse("traced", "thread %d of process %d cannot be traced: %s", tid, process->pid, strerror(errno));
  }
  add_tracee(tid, process);
  *any = true;
  if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 && errno != ESRCH)
    return refuse("lost", "thread %d of process %d cannot be stopped: %s", tid, process->pid, strerror(errno));
  return true;
}

// Threads that begin while others are seized are found by looking again until there is none.
bool seize_process(struct process *process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", process->pid);
  for (bool any = true; any;) {
    any = false;
    DIR *folder = opendir(path);
    if (!folder) return !process->wanted || refuse("lost", "process %d has ended", process->pid);
    bool going_on = true;
    for (struct dirent *entry; going_on && (entry = readdir(folder));) {
      if (isdigit((unsigned char)entry->d_name[0])) going_on = seize_thread(process, (pid_t)atoi(entry->d_name), &any);
    }
    closedir(folder);
    if (!going_on) return false;
  }
  return true;
}

bool seize_all(void) {
  for (size_t i = 0; i < process_count; i++) {
    if (!seize_process(&processes[i])) return false;
  }
  return true;
}

static struct tracee *unstopped(void) {
  for (size_t i = 0; i < tracee_count(); i++) {
    struct tracee *tracee = tracee_at(i);
    if (!tracee->stopped && !tracee->gone) return tracee;
  }
  return NULL;
}

bool await_stops(int64_t end_ms) {
  // A thread that is on its way stops within this; what does not is looked at.
  int64_t patience = monotonic_ms() + 50;
  for (struct tracee *tracee; (tracee = unstopped());) {
    int64_t now = monotonic_ms();
    pid_t pid = tracee->process ? tracee->process->pid : tracee->tid;
    if (now >= patience) {
      struct description thread;
      if (describe(pid, tracee->tid, &thread) && thread.state == 'D' && waits_for_vfork(pid, tracee->tid))
        return refuse("vfork", "process %d waits for a child that borrows its memory (vfork)", pid);
      patience = now + 50;
    }
    if (now >= end_ms) return refuse("timeout", "thread %d of process %d did not stop in time", tracee->tid, pid);
    collect(patience < end_ms ? patience : end_ms, NULL);
  }
  return true;
}

bool is_twin(pid_t tid) {
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].twin == tid) return true;
  }
  return false;
}

bool detach_all(void) {
  bool all = true;
  for (size_t i = tracee_count(); i-- > 0;) {
    struct tracee *tracee = tracee_at(i);
    if (is_twin(tracee->tid)) continue;
    // A group stop begins anew by itself once nobody traces.
    if (!tracee->gone && (!tracee->stopped || ptrace(PTRACE_DETACH, tracee->tid, NULL, NULL) != 0) && errno != ESRCH) all = false;
    forget_tracee(tracee->tid);
  }
  return all;
}
