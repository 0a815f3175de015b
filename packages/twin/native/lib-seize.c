// Taking hold of every thread of the job, and letting go of it.

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "twin.h"

bool must_end;

static bool is_delivery(const struct tracee *tracee) {
  if (!tracee->stopped || tracee->status >> 16 != 0) return false;
  int signal = WSTOPSIG(tracee->status);
  // Not the stop at a system call, nor one that a worker of ours was not to get.
  return signal != (SIGTRAP | 0x80) && !(tracee->process && tracee->process->worker == tracee->tid);
}

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
    if (errno == ESRCH || !describe(process->pid, tid, &thread) || thread.state == 'Z' || thread.state == 'X') return true;
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

// Far more than a hundred thousand threads take.
#define SEIZE_MS 3000

bool seize_all(void) {
  if (!begin_watch(SEIZE_MS)) return refuse("no-room", "there is no memory for a thread");
  bool good = true;
  for (size_t i = 0; good && i < process_count; i++) good = seize_process(&processes[i]);
  end_watch();
  return good;
}

static struct tracee *unstopped(void) {
  for (size_t i = 0; i < tracee_count(); i++) {
    struct tracee *tracee = tracee_at(i);
    if (!tracee->stopped && !tracee->gone) return tracee;
  }
  return NULL;
}

// A signal that is just being delivered to a thread that was running: it gets it, and stops then, before it has run its handler.
static void let_deliver(struct tracee *tracee) {
  if (!is_delivery(tracee)) return;
  long signal = WSTOPSIG(tracee->status);
  ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
  if (ptrace(PTRACE_CONT, tracee->tid, NULL, signal) == 0) tracee->stopped = false;
}

// A thread that is on its way stops within this; what does not is looked at, and again: forking may wait for a while, too.
#define LOOK_AGAIN_MS 50
#define LOOKS 3

bool await_stops(int64_t end_ms) {
  int64_t next_look = monotonic_ms() + LOOK_AGAIN_MS;
  pid_t suspect = 0;
  int looks = 0;
  for (struct tracee *tracee; (tracee = unstopped());) {
    int64_t now = monotonic_ms();
    pid_t tid = tracee->tid, pid = tracee->process ? tracee->process->pid : tid;
    struct description thread = {.state = '-'};
    if (now >= end_ms) {
      describe(pid, tid, &thread);
      return refuse("timeout", "thread %d of process %d did not stop in time (state %c)", tid, pid, thread.state);
    }
    if (now >= next_look) {
      bool waits = describe(pid, tid, &thread) && thread.state == 'D' && waits_for_vfork(pid, tid);
      looks = !waits ? 0 : tid == suspect ? looks + 1 : 1;
      suspect = tid;
      if (looks == LOOKS) return refuse("vfork", "process %d waits for a child that borrows its memory (vfork)", pid);
      next_look = now + LOOK_AGAIN_MS;
    }
    collect(next_look < end_ms ? next_look : end_ms, let_deliver);
  }
  return true;
}

static bool is_twin(pid_t tid) {
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
    // A group stop begins anew by itself once nobody traces; a signal would be lost.
    long signal = tracee->stopped && is_delivery(tracee) ? WSTOPSIG(tracee->status) : 0;
    if (!tracee->gone && (!tracee->stopped || (ptrace(PTRACE_DETACH, tracee->tid, NULL, signal) != 0 && errno != ESRCH))) all = false;
    forget_tracee(tracee->tid);
  }
  return all;
}
