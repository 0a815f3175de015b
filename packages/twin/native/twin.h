// What the parts of holdfast-twin share.
#ifndef HOLDFAST_TWIN_H
#define HOLDFAST_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "machine.h"

// lib-words.c

// Why a request was refused: the first cause counts, whatever fails while it is undone.
struct refusal {
  // A word that the client branches on; empty: nothing was refused.
  char reason[16];
  char text[240];
};

extern struct refusal refusal;

// Always false, so that it can be returned.
__attribute__((format(printf, 2, 3))) bool refuse(const char *reason, const char *format, ...);

// lib-clock.c

// Milliseconds of a clock that only grows.
int64_t monotonic_ms(void);
int64_t monotonic_us(void);
void sleep_us(int64_t us);

// twin.c

// Whether Holdfast has ended: nobody is left then who would thaw what is frozen from now on.
bool is_caller_gone(void);

// lib-files.c

// The whole of a small file of /proc or of a control group as text; false where it cannot be read.
bool read_text(const char *path, char *text, size_t room);
// One write to an existing file, as the kernel's files want it.
bool write_text(const char *path, const char *text);
bool write_number(const char *path, long number);
// Calls `take` with each number of a file that has one a line, until it is false.
bool each_number(const char *path, bool (*take)(pid_t number, void *context), void *context);

// lib-process.c

struct description {
  char state;
  pid_t parent;
  // How it tells its end; 0: not at all.
  int exit_signal;
};

// False where it is gone. `tid` may be a thread.
bool describe(pid_t pid, pid_t tid, struct description *description);
// Its number in the pid namespace of `seen_by`; -1 where one of them is gone.
pid_t inner_pid(pid_t pid, pid_t seen_by);
// Whether it bears the name that the stub gives.
bool is_named_twin(pid_t pid);
// Whether pid 1 of a namespace reaps whatever is given to it and counts nothing.
bool reaps_strangers(pid_t pid);
// 0: nobody traces it, -1: it is gone.
pid_t tracer_of(pid_t pid);
// Whether the thread waits for the end of a child that borrows its memory.
bool waits_for_vfork(pid_t pid, pid_t tid);
// Where the vdso lies, the code page that the kernel puts into each process; false where there is none.
bool find_vdso(pid_t pid, uint64_t *start, uint64_t *end);

// lib-freezer.c

struct freezer {
  bool is_v2;
  char directory[4000];
};

bool is_frozen(const struct freezer *freezer);
// Asks for it, without waiting.
bool set_frozen(const struct freezer *freezer, bool frozen);
bool await_frozen(const struct freezer *freezer, int64_t end_ms);
// Freezes again what was frozen when a request began, unless Holdfast is gone meanwhile: whoever thaws then has done so, or is about to.
void freeze_again(const struct freezer *freezer);
// Every process of the group and of the groups below it.
bool each_member(const char *directory, bool (*take)(pid_t pid, void *context), void *context);

// lib-tracees.c: the threads that this process traces.

struct process;

struct tracee {
  pid_t tid;
  struct process *process;
  bool stopped, gone;
  // Of the last stop, as waitpid tells it.
  int status;
};

struct process {
  pid_t pid;
  // To get a twin; else it only stands still meanwhile.
  bool wanted;
  // -1: none. Numbers and not pointers, since the table of tracees moves.
  pid_t worker, middle, twin;
  // Everything below is of lib-surgery.c.
  int stage, operation;
  // Where the stub lies in it, and what it covers.
  uint64_t stub;
  unsigned char covered[STUB_ROOM];
  // The worker as it was.
  struct machine_state saved;
  uint64_t saved_mask;
  // Ends of system calls that the worker and the twin have shown; `in_call`: one has begun.
  int worker_calls, twin_calls;
  bool worker_in_call, twin_in_call, twin_ready;
  // A SIGSTOP that came meanwhile.
  bool told_to_stop;
  // Negative errno.
  long error;
};

extern struct process *processes;
extern size_t process_count;

struct process *add_process(pid_t pid, bool wanted);
struct process *find_process(pid_t pid);
struct tracee *find_tracee(pid_t tid);
struct tracee *add_tracee(pid_t tid, struct process *process);
// A living, stopped thread of a process, or NULL.
struct tracee *stopped_thread(const struct process *process);
void forget_tracee(pid_t tid);
// Takes what the kernel tells of tracees; waits for at most that long where there is nothing yet. Calls `on_change` for each.
void collect(int64_t end_ms, void (*on_change)(struct tracee *tracee));
// Between the two the ends of tracees are heard of by themselves; elsewhere `collect` is who hears of them.
void begin_idle(void);
void end_idle(void);
size_t tracee_count(void);
struct tracee *tracee_at(size_t index);

// lib-seize.c

// Has every thread of the known processes stop once it can; they may be frozen.
bool seize_all(void);
bool seize_process(struct process *process);
// Until each of them has stopped.
bool await_stops(int64_t end_ms);
// Lets go of all but the twins. Those that never stopped are let go by this process's end only: false then.
bool detach_all(void);
// Adds every process of the freezer's group that is not known yet.
bool add_members(const struct freezer *freezer);
// Set where a thread of the job could not be let go of but by the end of this process.
extern bool must_end;

// lib-watchdog.c

// Of the request that is being answered.
extern const char *current_request;
// Until `end_watch`, this process ends with an answer once so many milliseconds (whole seconds of them) are over.
bool begin_watch(int64_t ms);
void end_watch(void);

// lib-surgery.c

enum operation { FORK_DIRECTLY, FORK_THROUGH_MIDDLE, REAP };

// Has one thread of the process run the operation; `pid` is whom to reap.
bool begin_operation(struct process *process, enum operation kind, pid_t pid);
// Until the operations that have begun are over, the threads and their memory as they were; false where one of them failed.
bool finish_operations(int64_t end_ms);

// Kills them and waits for their end.
bool kill_each(const pid_t *twins, size_t count, int64_t end_ms);
void kill_middlemen(void);

// lib-fork.c, lib-drop.c, lib-pages.c: the requests.

struct fork_request {
  struct freezer freezer;
  int64_t deadline_ms;
  const pid_t *pids;
  size_t pid_count;
  // Orphans below one of them come to it, and not to init.
  const pid_t *subreapers;
  size_t subreaper_count;
  char *const *groups;
  size_t group_count;
};

bool fork_twins(const struct fork_request *request);
// A list to be freed.
size_t list_twins(pid_t **twins);
// Where their parents are held; others reap by themselves.
bool reap_twins(const pid_t *twins, size_t count, int64_t end_ms);
bool drop_twins(const struct freezer *freezer, bool frozen, int64_t deadline_ms);

// The job runs.
bool sweep(const struct freezer *freezer, int64_t deadline_ms);
// Whether the twins of a request live.
bool has_twins(void);
void forget_all(void);

struct page_run {
  uint64_t first, count;
};

// Calls `tell` for each run of changed pages within the run; false where the processes cannot be looked at.
bool changed_pages(pid_t pid, pid_t twin, struct page_run run, void (*tell)(struct page_run changed));

#endif
