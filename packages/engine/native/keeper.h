// What the parts of holdfast-keeper share.
#ifndef HOLDFAST_KEEPER_H
#define HOLDFAST_KEEPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// lib-processes.c

// Milliseconds of a clock that only grows.
int64_t monotonic_ms(void);
// Starts `command` with `streams` as its 0, 1 and 2 (-1: as ours), default signals, a session of its own and no other descriptor than `kept` (-1: none; else
// more than 3). -1 with errno.
pid_t spawn(char *const command[], const int streams[3], int kept);
// Kills the children of this process, and as a subreaper whatever they leave behind, until none is left or `deadline_ms` is over.
bool kill_children(int64_t deadline_ms);
// Whether a child of that process has ended without its taking note.
bool has_dead_child(pid_t parent);
// The number in the file, or -1.
int64_t read_number(const char *path);
// Writes the text by way of a temporary name, so that a reader sees all of it or nothing.
bool write_whole(const char *path, const char *text);
// One write to an existing file, as cgroup files want it.
bool poke(const char *path, const char *text);

// This process is not the one that the kernel ends where memory runs out, if it may say so.
void not_for_lack_of_memory(void);

// lib-pump.c

// One way of the job's streams. Counters are guarded by `lock`.
struct pump {
  pthread_mutex_t lock;
  int from, to;
  bool to_job;
  // Bytes that left this pump for good: written to the user, or into the job's pipe.
  uint64_t passed;
  // Bytes of the user's input to leave out first.
  uint64_t skip;
  // `ended`: end of file was passed on. `done`: the pump's thread is over, by end of file or because one side is gone.
  bool ended, done;
  // Bytes read and not written yet.
  uint64_t held;
  // Keeps a finished input pipe readable for FIONREAD; -1 else.
  int watch;
};

bool start_pump(struct pump *pump);
// Input: bytes that the job has really read. Exact while the job is frozen.
uint64_t consumed_bytes(struct pump *pump);
// Output: bytes that the job has written so far, passed on or not.
uint64_t produced_bytes(struct pump *pump);
uint64_t passed_bytes(struct pump *pump);
bool pump_done(struct pump *pump);
bool pump_ended(struct pump *pump);

// lib-page-socket.c

// Gives `descriptor` to a CRIU whose page server (ps-socket) shall end at once. False with errno.
bool closed_page_server(int descriptor);

// lib-mounts.c

// A mount namespace of our own, from which nothing spreads, with `/` (alone, without what is mounted below) bound on `rootfs`.
bool private_root(const char *rootfs);
// After private_root: puts a file or folder over another one. A file to lie over is made where there is none.
bool bind_over(const char *source, const char *target);

#endif
