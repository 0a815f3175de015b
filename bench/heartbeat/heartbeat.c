// The job of `bench freeze`, `bench resume` and `bench storage`: fills memory, rewrites a share of it for ever, and notes every gap of its 1 ms heartbeat.
// heartbeat MIB REPORT [PROCESSES [always|never [PERCENT]]]: the memory is shared out among a tree of PROCESSES (1), in huge pages always or never (never);
// PERCENT of its pages (5) are rewritten a minute. Lines of REPORT:
//   empty         the memory is filled and all hearts beat
//   END LENGTH    a gap of 5 ms or more of one of the processes: its end on the wall clock and its length, in nanoseconds; the first act after a resume,
//                 which gives a job a monotonic clock that knows of no gap
//   w NOW UNITS   while it works, every 100 ms: how much the first process has done since its start
// It works, which takes one processor wholly, between one SIGUSR1 and the next.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { page_bytes = 4096, huge_bytes = 2 << 20, reads_a_unit = 1000 };
static const int64_t noted_gap_ns = 5 * 1000 * 1000, between_notes_ns = 100 * 1000 * 1000, longest_turn_ns = 20 * 1000 * 1000;

static uint64_t random_state = 0x9e3779b97f4a7c15u;
static unsigned char *memory;
static size_t pages;
static int report;
static atomic_bool working;
static _Atomic uint64_t units;
static volatile uint64_t seen;

static uint64_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static int64_t wall_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void note(const char *word, int64_t first, int64_t second) {
  char line[64];
  const int length = snprintf(line, sizeof line, "%s%lld %lld\n", word, (long long)first, (long long)second);
  if (write(report, line, (size_t)length) != length) _exit(3);
}

static void *beat(void *argument) {
  const struct timespec millisecond = {.tv_nsec = 1000 * 1000};
  int64_t before = wall_ns(), noted = before;
  (void)argument;
  for (;;) {
    clock_nanosleep(CLOCK_MONOTONIC, 0, &millisecond, NULL);
    const int64_t now = wall_ns();
    if (now - before >= noted_gap_ns) note("", now, now - before);
    if (atomic_load(&working) && now - noted >= between_notes_ns) note("w ", noted = now, (int64_t)atomic_load(&units));
    before = now;
  }
  return NULL;
}

// A third random, a third text, a third small numbers: no page is zero, and compression has something to do.
static void fill_page(unsigned char *page, size_t number) {
  if (number % 3 == 0) {
    for (size_t at = 0; at < page_bytes; at += sizeof(uint64_t)) {
      const uint64_t value = next_random();
      memcpy(page + at, &value, sizeof value);
    }
  } else if (number % 3 == 1) {
    size_t at = 0;
    while (at + 32 < page_bytes) at += (size_t)snprintf((char *)page + at, 32, "record %zu of %llu;", number, (unsigned long long)(next_random() % 1000));
    memset(page + at, '\n', page_bytes - at);
  } else {
    for (size_t at = 0; at < page_bytes; at += sizeof(uint64_t)) {
      const uint64_t value = number + at % 7;
      memcpy(page + at, &value, sizeof value);
    }
  }
}

static int fill(int advice) {
  const size_t bytes = pages * page_bytes;
  unsigned char *const mapped = mmap(NULL, bytes + huge_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return -1;
  memory = mapped + (huge_bytes - (uintptr_t)mapped % huge_bytes) % huge_bytes;
  // A kernel without huge pages refuses both.
  if (madvise(memory, bytes, advice) != 0 && advice == MADV_HUGEPAGE) return -1;
  for (size_t number = 0; number < pages; number++) fill_page(memory + number * page_bytes, number);
  return 0;
}

static void toggle(int signal) {
  (void)signal;
  atomic_store(&working, !atomic_load(&working));
}

// The first process waits until the others have filled their part, then says so for all.
static void announce(int is_first, int others, int (*filled)[2]) {
  char byte = 0;
  if (!is_first && write((*filled)[1], &byte, 1) != 1) _exit(1);
  close((*filled)[1]);
  for (; is_first && others > 0; others--) if (read((*filled)[0], &byte, 1) != 1) _exit(1);
  close((*filled)[0]);
  if (is_first && write(report, "\n", 1) != 1) _exit(1);
}

static void rewrite_page(void) {
  const uint64_t value = next_random();
  memcpy(memory + (value % pages) * page_bytes + 128, &value, sizeof value);
}

static void work(void) {
  uint64_t sum = 0;
  for (int turn = 0; turn < reads_a_unit; turn++) {
    const uint64_t place = next_random();
    sum += memory[(place % pages) * page_bytes + (place >> 40) % page_bytes];
  }
  seen = sum;
  atomic_fetch_add(&units, 1);
}

int main(int count, char **arguments) {
  if (count < 3 || count > 6) return 2;
  const int processes = count > 3 ? atoi(arguments[3]) : 1;
  const int advice = count > 4 && strcmp(arguments[4], "always") == 0 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
  const double percent = count > 5 ? atof(arguments[5]) : 5;
  pages = (size_t)strtoul(arguments[1], NULL, 10) * 256 / (size_t)(processes > 0 ? processes : 1);
  report = open(arguments[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int filled[2];
  if (report < 0 || processes < 1 || pages == 0 || pipe(filled) != 0) return 1;
  int is_first = 1;
  for (int other = 1; other < processes && is_first; other++) {
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child > 0) continue;
    is_first = 0;
    random_state += (uint64_t)other;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  pthread_t thread;
  signal(SIGUSR1, toggle);
  if (fill(advice) != 0 || pthread_create(&thread, NULL, beat, NULL) != 0) return 1;
  announce(is_first, processes - 1, &filled);
  const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
  double due = 0;
  for (int64_t before = wall_ns();;) {
    const int64_t now = wall_ns(), turn = now - before < longest_turn_ns ? now - before : longest_turn_ns;
    // What it stood still for is not made up for.
    for (due += (double)pages * percent / 100 / 60e9 * (double)turn; due >= 1; due -= 1) rewrite_page();
    before = now;
    if (is_first && atomic_load(&working)) work();
    else nanosleep(&pause, NULL);
  }
}
