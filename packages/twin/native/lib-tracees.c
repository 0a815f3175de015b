// The processes of a request and the threads that this process traces.

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "twin.h"

struct process *processes;
size_t process_count;
static size_t process_room;

static struct tracee *tracees;
static size_t count, room;

struct process *add_process(pid_t pid, bool wanted) {
  if (process_count == process_room) {
    process_room = process_room ? process_room * 2 : 64;
    processes = realloc(processes, process_room * sizeof *processes);
    if (!processes) abort();
  }
  struct process *process = &processes[process_count++];
  *process = (struct process){.pid = pid, .wanted = wanted, .worker = -1, .middle = -1, .twin = -1};
  return process;
}

struct process *find_process(pid_t pid) {
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].pid == pid) return &processes[i];
  }
  return NULL;
}

struct tracee *find_tracee(pid_t tid) {
  for (size_t i = 0; i < count; i++) {
    if (tracees[i].tid == tid) return &tracees[i];
  }
  return NULL;
}

struct tracee *add_tracee(pid_t tid, struct process *process) {
  struct tracee *known = find_tracee(tid);
  if (known) {
    known->process = process;
    return known;
  }
  if (count == room) {
    room = room ? room * 2 : 256;
    tracees = realloc(tracees, room * sizeof *tracees);
    if (!tracees) abort();
  }
  tracees[count] = (struct tracee){.tid = tid, .process = process};
  return &tracees[count++];
}

void forget_tracee(pid_t tid) {
  struct tracee *known = find_tracee(tid);
  if (known) *known = tracees[--count];
}

size_t tracee_count(void) {
  return count;
}

struct tracee *tracee_at(size_t index) {
  return &tracees[index];
}

struct tracee *stopped_thread(const struct process *process) {
  for (size_t i = 0; i < count; i++) {
    struct tracee *tracee = &tracees[i];
    if (tracee->process && tracee->process->pid == process->pid && tracee->stopped && tracee->tid != process->twin && tracee->tid != process->middle)
      return tracee;
  }
  return NULL;
}

static void note(pid_t tid, int status, void (*on_change)(struct tracee *tracee)) {
  // A child that a tracee has made may stop before its parent tells of it.
  struct tracee *tracee = find_tracee(tid);
  if (!tracee) tracee = add_tracee(tid, NULL);
  tracee->status = status;
  tracee->stopped = WIFSTOPPED(status);
  tracee->gone = !tracee->stopped;
  if (on_change) on_change(tracee);
}

// While nothing is asked of this process: who is traced and has ended stays, for everybody else, until its tracer has heard of it, and keeps the init of
// its namespace from ending. No memory is asked for here: the signal may come in the middle of that.
static void hear_of_ends(int signal) {
  (void)signal;
  int saved = errno, status;
  for (pid_t tid; (tid = waitpid(-1, &status, WNOHANG | __WALL)) > 0;) {
    struct tracee *tracee = find_tracee(tid);
    if (!tracee) continue;
    tracee->status = status;
    tracee->stopped = WIFSTOPPED(status);
    tracee->gone = !tracee->stopped;
  }
  errno = saved;
}

static sigset_t children_alone(void) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  return children;
}

void begin_idle(void) {
  struct sigaction action = {.sa_handler = hear_of_ends, .sa_flags = SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  sigset_t children = children_alone();
  sigprocmask(SIG_UNBLOCK, &children, NULL);
}

void end_idle(void) {
  sigset_t children = children_alone();
  sigprocmask(SIG_BLOCK, &children, NULL);
}

void collect(int64_t end_ms, void (*on_change)(struct tracee *tracee)) {
  sigset_t children = children_alone();
  for (;;) {
    int status;
    pid_t tid;
    bool any = false;
    while ((tid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
      note(tid, status, on_change);
      any = true;
    }
    int64_t left = end_ms - monotonic_ms();
    if (any || left <= 0) return;
    struct timespec pause = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    // The signal is blocked throughout, so one that came before this call ends it at once.
    sigtimedwait(&children, NULL, &pause);
  }
}
