// A system call or two in the name of a thread of the job, by a stub of code that is put where the job has none.
//
// The order is such that this process may be killed between any two steps: the stub lies there before the thread is sent to it,
// knows the way back before it begins, and unblocks signals itself.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "surgery.h"

enum stage { IDLE, IN_STUB, LEAVING, DONE };

bool resume(struct tracee *tracee, int how) {
  tracee->stopped = false;
  return ptrace(how, tracee->tid, NULL, 0L) == 0;
}

bool set_options(pid_t tid, long options) {
  // Filters of system calls are for what the job asks for. Not every caller may put them aside: then they judge.
  if (ptrace(PTRACE_SETOPTIONS, tid, NULL, options | PTRACE_O_SUSPEND_SECCOMP) == 0) return true;
  return ptrace(PTRACE_SETOPTIONS, tid, NULL, options) == 0;
}

bool set_mask(pid_t tid, uint64_t mask) {
  return ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof mask, &mask) == 0;
}

static bool enter(struct process *process, struct tracee *thread, enum operation operation, pid_t reaped) {
  static const enum stub_entry entries[] = {[FORK_DIRECTLY] = STUB_FORK, [FORK_THROUGH_MIDDLE] = STUB_FORK_TWICE, [REAP] = STUB_REAP};
  unsigned char stub[STUB_ROOM];
  pid_t tid = thread->tid;
  if (!machine_read(tid, &process->saved) || ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof process->saved_mask, &process->saved_mask) != 0) return false;
  leave_restartable_sequence(process->pid, tid, &process->saved);
  stub_fill(stub, &process->saved, process->saved_mask, reaped);
  struct machine_state entered = process->saved;
  machine_enter(&entered, process->stub, entries[operation]);
  if (!set_options(tid, CHILDREN_TOO) || !write_memory(process->pid, process->stub, stub, stub_size()) || !machine_write(tid, &entered)) return false;
  // No handler of the job's may run before it is back.
  set_mask(tid, ~UINT64_C(0));
  return resume(thread, PTRACE_SYSCALL);
}

bool begin_operation(struct process *process, enum operation operation, pid_t reaped) {
  process->error = 0;
  process->worker_calls = process->twin_calls = 0;
  process->worker_in_call = process->twin_in_call = process->twin_ready = false;
  process->middle = -1;
  process->operation = operation;
  // Nothing has begun yet that would have to be waited for or undone.
  process->stage = IDLE;
  struct tracee *thread = stopped_thread(process);
  if (!thread) return refuse("lost", "process %d has ended", process->pid);
  if (!find_stub_place(process)) return false;
  process->worker = thread->tid;
  if (!enter(process, thread, operation, reaped)) {
    refuse(errno == EOPNOTSUPP ? "compat" : "unexpected", "process %d cannot be asked for a system call: %s", process->pid, strerror(errno));
    process->error = -ESRCH;
    process->stage = DONE;
    return false;
  }
  process->stage = IN_STUB;
  return true;
}

// Its registers are those of before: whatever comes next, the thread goes on where it was.
static void restore(struct process *process) {
  set_mask(process->worker, process->saved_mask);
  machine_write(process->worker, &process->saved);
  process->stage = DONE;
}

static void worker_call_ended(struct process *process, struct tracee *tracee) {
  struct machine_state now;
  long result = machine_read(tracee->tid, &now) ? machine_result(&now) : -ESRCH;
  process->worker_calls++;
  // A child that is not there to be reaped is what reaping is for.
  if (result < 0 && process->operation != REAP && !process->error) process->error = result;
  if (!process->error && process->operation == FORK_THROUGH_MIDDLE && process->worker_calls < 2) {
    resume(tracee, PTRACE_SYSCALL);
    return;
  }
  // The end of a call is no place to change registers at: interrupted calls are begun again only where signals are looked for.
  process->stage = LEAVING;
  ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
  resume(tracee, PTRACE_CONT);
}

static void worker_changed(struct process *process, struct tracee *tracee) {
  if (process->stage == DONE || process->stage == IDLE) return;
  int event = tracee->status >> 16, signal = tracee->gone ? 0 : WSTOPSIG(tracee->status), how = process->stage == IN_STUB ? PTRACE_SYSCALL : PTRACE_CONT;
  if (tracee->gone) {
    process->error = -ESRCH;
    process->stage = DONE;
  } else if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
    pid_t tid = tracee->tid;
    child_made(process, tid);
    resume(find_tracee(tid), how);
  } else if (event == 0 && signal == SYSCALL_STOP) {
    process->worker_in_call = !process->worker_in_call;
    if (process->worker_in_call || process->stage == LEAVING) resume(tracee, how);
    else worker_call_ended(process, tracee);
  } else if (event == PTRACE_EVENT_STOP) {
    if (process->stage == LEAVING) restore(process);
    else resume(tracee, how);
  } else if (event == 0 && signal == SIGSTOP) {
    process->told_to_stop = true;
    resume(tracee, how);
  } else {
    // A signal that cannot be blocked: the call was refused by a filter, or the stub does not run here.
    process->error = -EPERM;
    restore(process);
  }
}

static void changed(struct tracee *tracee) {
  struct process *process = tracee->process;
  if (!process) return;
  if (tracee->tid == process->worker) worker_changed(process, tracee);
  else if (tracee->tid == process->middle || tracee->tid == process->twin) child_changed(process, tracee);
}

static bool is_over(const struct process *process) {
  if (process->stage == IN_STUB || process->stage == LEAVING) return false;
  return process->stage == IDLE || process->error || process->operation == REAP || process->twin_ready;
}

static struct process *unfinished(void) {
  for (size_t i = 0; i < process_count; i++) {
    if (!is_over(&processes[i])) return &processes[i];
  }
  return NULL;
}

static bool tell_error(const struct process *process) {
  switch (-process->error) {
    case EAGAIN:
      return refuse("pids", "process %d may not have another process: a limit of processes is reached", process->pid);
    case ENOMEM:
      return refuse("no-room", "there is no memory for a copy of process %d", process->pid);
    case EPERM:
    case ENOSYS:
    case EACCES:
      return refuse("seccomp", "process %d may not fork: %s", process->pid, strerror((int)-process->error));
    case ESRCH:
      return refuse("lost", "process %d has ended", process->pid);
    default:
      return refuse("unexpected", "process %d cannot be copied: %s", process->pid, strerror((int)-process->error));
  }
}

bool finish_operations(int64_t end_ms) {
  for (struct process *process; (process = unfinished());) {
    if (monotonic_ms() >= end_ms) return refuse("timeout", "process %d was not copied in time", process->pid);
    collect(end_ms, changed);
  }
  bool good = true;
  for (size_t i = 0; i < process_count; i++) {
    struct process *process = &processes[i];
    if (process->stage != DONE) continue;
    process->stage = IDLE;
    uncover_stub_place(process);
    // Pending again, for the time after.
    if (process->told_to_stop) stop_later(process);
    if (process->error) good = tell_error(process);
  }
  return good;
}
