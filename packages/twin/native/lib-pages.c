// Which pages a process has changed since its twin was made: a page that neither of the two has written to is one frame of memory, which both show.

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "twin.h"

// Documentation/admin-guide/mm/pagemap.rst of the kernel
#define PRESENT (UINT64_C(1) << 63)
#define FRAME ((UINT64_C(1) << 55) - 1)
#define ENTRIES 65536

static int open_pagemap(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/pagemap", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) refuse("lost", "the pages of process %d cannot be looked at", pid);
  return fd;
}

// What lies beyond the end of an address space reads as not there.
static bool read_entries(int fd, uint64_t first, uint64_t *entries, size_t count) {
  size_t got = 0;
  while (got < count * sizeof *entries) {
    ssize_t now = pread(fd, (char *)entries + got, count * sizeof *entries - got, (off_t)(first * sizeof *entries + got));
    if (now < 0) return refuse("lost", "the process ended while its pages were looked at");
    if (now == 0) break;
    got += (size_t)now;
  }
  for (size_t i = got / sizeof *entries; i < count; i++) entries[i] = 0;
  return true;
}

// Only what is surely the same: what was swapped out, or is there in one of the two, counts as changed. Without the right to see them, frames read as 0.
static bool is_same(uint64_t job, uint64_t twin) {
  return job & PRESENT && twin & PRESENT && (job & FRAME) != 0 && (job & FRAME) == (twin & FRAME);
}

static bool compare(int job, int twin, struct page_run run, void (*tell)(struct page_run changed)) {
  static uint64_t of_job[ENTRIES], of_twin[ENTRIES];
  struct page_run changed = {.count = 0};
  while (run.count > 0) {
    size_t count = run.count < ENTRIES ? run.count : ENTRIES;
    if (!read_entries(job, run.first, of_job, count) || !read_entries(twin, run.first, of_twin, count)) return false;
    for (size_t i = 0; i < count; i++) {
      if (!is_same(of_job[i], of_twin[i])) {
        if (changed.count == 0) changed.first = run.first + i;
        changed.count++;
      } else if (changed.count > 0) {
        tell(changed);
        changed.count = 0;
      }
    }
    run.first += count;
    run.count -= count;
  }
  if (changed.count > 0) tell(changed);
  return true;
}

bool changed_pages(pid_t pid, pid_t twin, struct page_run run, void (*tell)(struct page_run changed)) {
  int job = open_pagemap(pid), copy = job < 0 ? -1 : open_pagemap(twin);
  bool good = job >= 0 && copy >= 0 && compare(job, copy, run, tell);
  if (job >= 0) close(job);
  if (copy >= 0) close(copy);
  return good;
}
