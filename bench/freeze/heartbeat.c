// The job of `bench freeze`: fills memory, rewrites a little of it for ever, and notes every gap of its 1 ms heartbeat.
// heartbeat MIB GAPS: each line of GAPS is a gap of 5 ms or more: its end on the monotonic clock and its length, in nanoseconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { page_bytes = 4096, rewritten_pages = 16 };
static const int64_t noted_gap_ns = 5 * 1000 * 1000;

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static int64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void *beat(void *argument) {
  const int gaps = *(const int *)argument;
  const struct timespec millisecond = {.tv_nsec = 1000 * 1000};
  int64_t before = monotonic_ns();
  for (;;) {
    clock_nanosleep(CLOCK_MONOTONIC, 0, &millisecond, NULL);
    const int64_t now = monotonic_ns();
    if (now - before >= noted_gap_ns) {
      char line[64];
      const int length = snprintf(line, sizeof line, "%lld %lld\n", (long long)now, (long long)(now - before));
      if (write(gaps, line, (size_t)length) != length) _exit(3);
    }
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
  } else {
    for (size_t at = 0; at < page_bytes; at += sizeof(uint64_t)) {
      const uint64_t value = number + at % 7;
      memcpy(page + at, &value, sizeof value);
    }
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const size_t pages = (size_t)strtoul(arguments[1], NULL, 10) * 256;
  int gaps = open(arguments[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsigned char *memory = pages == 0 ? NULL : malloc(pages * page_bytes);
  pthread_t thread;
  if (gaps < 0 || memory == NULL) return 1;
  for (size_t number = 0; number < pages; number++) fill_page(memory + number * page_bytes, number);
  // An empty line: filled, and the heart beats from now on.
  if (write(gaps, "\n", 1) != 1 || pthread_create(&thread, NULL, beat, &gaps) != 0) return 1;
  const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
  for (;;) {
    for (int count_rewritten = 0; count_rewritten < rewritten_pages; count_rewritten++) {
      const uint64_t value = next_random();
      memcpy(memory + (value % pages) * page_bytes + 128, &value, sizeof value);
    }
    nanosleep(&pause, NULL);
  }
}
