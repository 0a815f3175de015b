// The job of `bench store`: fills memory, then changes some of it at each SIGUSR1. Everything follows from the seed.
// changing-job MIB CONTENT SHAPE PERCENT SEED STATE
//   CONTENT  compressible (text, counters, floating point) | random
//   SHAPE    mixed (three quarters of PERCENT of the pages in runs rewritten whole, a quarter single pages with 512 new bytes)
//            | scattered (8 bytes in each of PERCENT of the pages) | growth (PERCENT of the size allocated anew)
// A line is appended to STATE when memory is filled and after each change.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { page_bytes = 4096, run_pages = 64, growth_pages = 1024, single_bytes = 512, scattered_bytes = 8 };

static uint64_t random_state;

// splitmix64: every seed will do, zero too.
static uint64_t next_random(void) {
  uint64_t value = random_state += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

static void fill_random(unsigned char *to, size_t bytes) {
  for (size_t at = 0; at < bytes; at += sizeof(uint64_t)) {
    const uint64_t value = next_random();
    memcpy(to + at, &value, sizeof value);
  }
}

static void fill_text(unsigned char *to, size_t bytes) {
  static const char *const words[] = {"align ", "chromosome ", "read ", "quality ", "forward ", "reverse ", "score=", "position=", "unmapped ", "pair ", "\n", "MAPQ:"};
  for (size_t at = 0; at < bytes;) {
    const uint64_t value = next_random();
    char piece[48];
    int length = snprintf(piece, sizeof piece, "%s%u ", words[value % 12], (unsigned)(value >> 32) % 100000);
    if ((size_t)length > bytes - at) length = (int)(bytes - at);
    memcpy(to + at, piece, (size_t)length);
    at += (size_t)length;
  }
}

static void fill_counters(unsigned char *to, size_t bytes) {
  uint64_t value = next_random() >> 24;
  for (size_t at = 0; at < bytes; at += sizeof value) {
    value += next_random() % 4096;
    memcpy(to + at, &value, sizeof value);
  }
}

// Measurements: exponents and leading digits are alike, the last digits are not.
static void fill_floats(unsigned char *to, size_t bytes) {
  for (size_t at = 0; at < bytes; at += sizeof(double)) {
    const double value = 20 + (double)(next_random() % 1000000) / 65536;
    memcpy(to + at, &value, sizeof value);
  }
}

static int is_random;

// `bytes` is a multiple of 8. The kind follows from the page's number, so that neighbours are alike, as arrays are.
static void fill(unsigned char *to, size_t bytes, size_t number) {
  if (is_random) fill_random(to, bytes);
  else if (number / 256 % 3 == 0) fill_text(to, bytes);
  else if (number / 256 % 3 == 1) fill_counters(to, bytes);
  else fill_floats(to, bytes);
}

static unsigned char *memory, *touched;
static size_t pages;

static unsigned char *allocate(size_t bytes) {
  unsigned char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) _exit(1);
  return at;
}

// A page that was not touched in this change yet, so that the number of changed pages is exact.
static size_t untouched_page(void) {
  for (;;) {
    const size_t number = next_random() % pages;
    if (!touched[number]) return number;
  }
}

static void change_mixed(size_t count) {
  size_t in_runs = count - count / 4;
  while (in_runs > 0) {
    const size_t first = untouched_page();
    for (size_t number = first; number < first + run_pages && number < pages && in_runs > 0; number++) {
      if (touched[number]) break;
      touched[number] = 1;
      fill(memory + number * page_bytes, page_bytes, number);
      in_runs--;
    }
  }
  for (size_t done = 0; done < count / 4; done++) {
    const size_t number = untouched_page();
    touched[number] = 1;
    fill(memory + number * page_bytes + next_random() % 7 * single_bytes, single_bytes, number);
  }
}

static void change_scattered(size_t count) {
  for (size_t done = 0; done < count; done++) {
    const size_t number = untouched_page();
    touched[number] = 1;
    const size_t at = next_random() % (page_bytes / scattered_bytes) * scattered_bytes;
    fill_random(memory + number * page_bytes + at, scattered_bytes);
  }
}

static void grow(size_t count) {
  for (size_t done = 0; done < count; done += growth_pages) {
    const size_t more = count - done < growth_pages ? count - done : growth_pages;
    unsigned char *at = allocate(more * page_bytes);
    for (size_t number = 0; number < more; number++) fill(at + number * page_bytes, page_bytes, pages + done + number);
  }
}

static void say(int state) {
  if (write(state, "\n", 1) != 1) _exit(3);
}

int main(int count, char **arguments) {
  if (count != 7) return 2;
  // It leads a session of its own, and must not outlive the benchmark all the same.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pages = (size_t)strtoul(arguments[1], NULL, 10) * 256;
  is_random = strcmp(arguments[2], "random") == 0;
  const char *shape = arguments[3];
  const size_t changed = pages * (size_t)strtoul(arguments[4], NULL, 10) / 100;
  const uint64_t seed = strtoull(arguments[5], NULL, 10);
  sigset_t change;
  sigemptyset(&change);
  sigaddset(&change, SIGUSR1);
  sigprocmask(SIG_BLOCK, &change, NULL);
  const int state = open(arguments[6], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (state < 0 || pages == 0) return 1;
  random_state = seed;
  memory = allocate(pages * page_bytes);
  touched = allocate(pages);
  for (size_t number = 0; number < pages; number++) fill(memory + number * page_bytes, page_bytes, number);
  say(state);
  for (uint64_t step = 1;; step++) {
    int signal;
    if (sigwait(&change, &signal) != 0) return 1;
    random_state = seed ^ (step << 32);
    memset(touched, 0, pages);
    if (strcmp(shape, "mixed") == 0) change_mixed(changed);
    else if (strcmp(shape, "scattered") == 0) change_scattered(changed);
    else if (strcmp(shape, "growth") == 0) grow(changed);
    else return 2;
    // Its own notes are no part of what the job changed.
    memset(touched, 0, pages);
    say(state);
  }
}
