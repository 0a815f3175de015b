// Moves the bytes between the user's streams and the job's pipes, each way in a thread of its own, so that a user who does not
// read holds up that stream and nothing else. The user's descriptors are shared with other programs: their flags stay as they are.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

enum { chunk = 65536 };

static void rest(void) {
  struct timespec pause = {.tv_nsec = 200000000};
  nanosleep(&pause, NULL);
}

static void await(int fd, short events) {
  struct pollfd waited = {.fd = fd, .events = events};
  poll(&waited, 1, -1);
}

// True where the call may be repeated, having waited as long as that makes sense.
static bool passing(int fd, short events, bool terminal_input) {
  switch (errno) {
    case EINTR: return true;
    case EAGAIN: await(fd, events); return true;
    // A full disk behind the user's output: the job waits for room; nothing it said is lost.
    case ENOSPC:
    case EDQUOT: rest(); return true;
    // A read from the terminal by a background job. A shell would have stopped it until it is in the foreground.
    case EIO:
      if (!terminal_input || !isatty(fd) || tcgetpgrp(fd) == getpgrp()) return false;
      rest();
      return true;
    default: return false;
  }
}

// Bytes read from the user and not to be given to the job: what an earlier attempt's job has consumed.
static bool skip_input(struct pump *pump, char *buffer) {
  struct stat about;
  uint64_t left = pump->skip;
  if (left > 0 && fstat(pump->from, &about) == 0 && S_ISREG(about.st_mode)) {
    off_t at = lseek(pump->from, 0, SEEK_CUR);
    if (at >= 0) return lseek(pump->from, at + (off_t)left, SEEK_SET) >= 0;
  }
  while (left > 0) {
    ssize_t got = read(pump->from, buffer, left < chunk ? left : chunk);
    if (got > 0) left -= (uint64_t)got;
    else if (got == 0 || !passing(pump->from, POLLIN, true)) return false;
  }
  return true;
}

static bool write_out(struct pump *pump, const char *bytes, size_t length) {
  while (length > 0) {
    // The job's pipe never blocks (O_NONBLOCK), so the count is exact whenever the lock is free. The user's end may block for
    // ever and is written without the lock: what is not acknowledged yet counts as held.
    if (pump->to_job) pthread_mutex_lock(&pump->lock);
    ssize_t put = write(pump->to, bytes, length);
    int reason = errno;
    if (!pump->to_job) pthread_mutex_lock(&pump->lock);
    if (put > 0) {
      pump->passed += (uint64_t)put;
      if (!pump->to_job) pump->held -= (uint64_t)put;
    }
    pthread_mutex_unlock(&pump->lock);
    errno = reason;
    if (put >= 0) {
      bytes += put;
      length -= (size_t)put;
    } else if (!passing(pump->to, POLLOUT, false)) {
      return false;
    }
  }
  return true;
}

// Reads what there is. The job's output is taken out of its pipe and counted as held under the lock, so that `produced_bytes` misses none.
static ssize_t read_in(struct pump *pump, char *buffer) {
  if (pump->to_job) return read(pump->from, buffer, chunk);
  pthread_mutex_lock(&pump->lock);
  ssize_t got = read(pump->from, buffer, chunk);
  int reason = errno;
  if (got > 0) pump->held += (uint64_t)got;
  pthread_mutex_unlock(&pump->lock);
  errno = reason;
  return got;
}

static void finish(struct pump *pump, bool ended) {
  pthread_mutex_lock(&pump->lock);
  if (pump->to_job && ended) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", pump->to);
    pump->watch = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  // The side of the job is closed: its reader sees the end of file, its writer SIGPIPE.
  if (pump->to_job) {
    close(pump->to);
    pump->to = -1;
  } else {
    close(pump->from);
    pump->from = -1;
    pump->held = 0;
  }
  pump->ended = ended;
  pump->done = true;
  pthread_mutex_unlock(&pump->lock);
}

static void *run(void *argument) {
  struct pump *pump = argument;
  char buffer[chunk];
  bool ended = false;
  if (pump->to_job && !skip_input(pump, buffer)) ended = true;
  while (!ended) {
    ssize_t got = read_in(pump, buffer);
    if (got == 0) ended = true;
    else if (got > 0) {
      if (!write_out(pump, buffer, (size_t)got)) break;
    } else if (!passing(pump->from, POLLIN, pump->to_job)) {
      // A broken input ends like a finished one.
      ended = true;
    }
  }
  finish(pump, ended);
  return NULL;
}

bool start_pump(struct pump *pump) {
  pthread_mutex_init(&pump->lock, NULL);
  pump->watch = -1;
  int own = pump->to_job ? pump->to : pump->from;
  if (fcntl(own, F_SETFL, O_NONBLOCK) != 0) return false;
  pthread_t thread;
  return pthread_create(&thread, NULL, run, pump) == 0;
}

static uint64_t in_pipe(int fd) {
  int waiting = 0;
  return fd >= 0 && ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0 ? (uint64_t)waiting : 0;
}

uint64_t consumed_bytes(struct pump *pump) {
  pthread_mutex_lock(&pump->lock);
  uint64_t count = pump->skip + pump->passed - in_pipe(pump->to >= 0 ? pump->to : pump->watch);
  pthread_mutex_unlock(&pump->lock);
  return count;
}

uint64_t produced_bytes(struct pump *pump) {
  pthread_mutex_lock(&pump->lock);
  uint64_t count = pump->passed + pump->held + in_pipe(pump->from);
  pthread_mutex_unlock(&pump->lock);
  return count;
}

uint64_t passed_bytes(struct pump *pump) {
  pthread_mutex_lock(&pump->lock);
  uint64_t count = pump->passed;
  pthread_mutex_unlock(&pump->lock);
  return count;
}

bool pump_done(struct pump *pump) {
  pthread_mutex_lock(&pump->lock);
  bool done = pump->done;
  pthread_mutex_unlock(&pump->lock);
  return done;
}

bool pump_ended(struct pump *pump) {
  pthread_mutex_lock(&pump->lock);
  bool ended = pump->ended;
  pthread_mutex_unlock(&pump->lock);
  return ended;
}
