// What becomes of a child that a job's thread was made to have: the middleman that only forks and ends, and the twin.

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "surgery.h"

// prctl, setsid, close_range
#define CALLS_OF_A_TWIN 3

void child_made(struct process *process, pid_t tid) {
  unsigned long child;
  if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &child) != 0) return;
  bool is_middle = process->operation == FORK_THROUGH_MIDDLE && tid == process->worker;
  if (is_middle) process->middle = (pid_t)child;
  else process->twin = (pid_t)child;
  struct tracee *tracee = add_tracee((pid_t)child, process);
  // It may have stopped before its parent told of it.
  if (tracee->stopped || tracee->gone) child_changed(process, tracee);
}

static void middle_changed(struct process *process, struct tracee *tracee) {
  pid_t tid = tracee->tid;
  int event = tracee->gone ? 0 : tracee->status >> 16;
  if (tracee->gone) {
    // It ends with the error of its fork, negated, as a byte.
    if (!process->error) process->error = WIFEXITED(tracee->status) ? WEXITSTATUS(tracee->status) - 256 : -ESRCH;
    process->middle = -1;
    forget_tracee(tid);
  } else if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK) {
    child_made(process, tid);
    // The rest of its short life is nobody's business; the job's thread waits for its end.
    ptrace(PTRACE_DETACH, tid, NULL, NULL);
    process->middle = -1;
    forget_tracee(tid);
  } else {
    if (event == PTRACE_EVENT_STOP) set_options(tid, CHILDREN_TOO);
    resume(tracee, PTRACE_CONT);
  }
}

static void twin_changed(struct process *process, struct tracee *tracee) {
  if (tracee->gone) {
    if (!process->error) process->error = -ESRCH;
    return;
  }
  int event = tracee->status >> 16;
  // Already where it is to stay.
  if (process->twin_ready) return;
  // From now on it ends with this process. Should this process end before, the stub ends it.
  if (event == PTRACE_EVENT_STOP) set_options(tracee->tid, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
  if (event == 0 && WSTOPSIG(tracee->status) == SYSCALL_STOP) {
    process->twin_in_call = !process->twin_in_call;
    if (!process->twin_in_call && ++process->twin_calls == CALLS_OF_A_TWIN) {
      struct machine_state now;
      long result = machine_read(tracee->tid, &now) ? machine_result(&now) : -ESRCH;
      // With the job's descriptors open a reader of a pipe would never see its end.
      if (result < 0 && !process->error) process->error = result;
      process->twin_ready = true;
      return;
    }
  }
  resume(tracee, PTRACE_SYSCALL);
}

void child_changed(struct process *process, struct tracee *tracee) {
  if (tracee->tid == process->twin) twin_changed(process, tracee);
  else middle_changed(process, tracee);
}

void stop_later(const struct process *process) {
  syscall(SYS_tgkill, process->pid, process->worker, SIGSTOP);
}

bool kill_each(const pid_t *twins, size_t count, int64_t end_ms) {
  for (size_t i = 0; i < count; i++) kill(twins[i], SIGKILL);
  bool all = true;
  for (size_t i = 0; i < count; i++) {
    struct tracee *tracee;
    while ((tracee = find_tracee(twins[i])) && !tracee->gone && monotonic_ms() < end_ms) collect(end_ms, NULL);
    if (tracee && !tracee->gone) all = refuse("timeout", "the twin %d does not end", twins[i]);
    forget_tracee(twins[i]);
  }
  return all;
}

void kill_middlemen(void) {
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].middle > 0) kill(processes[i].middle, SIGKILL);
  }
}
