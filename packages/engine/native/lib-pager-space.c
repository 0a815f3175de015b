// Address spaces whose pages come later: what the kernel tells of them, and how pages get in.

#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "pager.h"

// The kernel refuses pages while the process changes its mappings, until that was heard.
#define BUSY_TRIES 20000
// Nothing is ever mapped there.
#define NOWHERE ((uint64_t)0x7fffffffe000)

static uint32_t last_id;

struct space *add_space(struct spaces *spaces, int fd, uint32_t pid, const struct ranges *missing) {
  struct space *space = calloc(1, sizeof *space);
  if (!space) abort();
  space->fd = fd;
  space->pid = pid;
  space->id = ++last_id;
  copy_ranges(&space->missing, missing);
  space->next = spaces->first;
  spaces->first = space;
  spaces->count++;
  spaces->added(space);
  return space;
}

// Kept in the list, without a descriptor, until it is swept.
static void end_space(struct spaces *spaces, struct space *space) {
  if (space->fd < 0) return;
  spaces->removed(space);
  close(space->fd);
  space->fd = -1;
  space->missing.count = space->fault_count = 0;
}

static void wake(struct space *space, uint64_t start, uint64_t length) {
  struct uffdio_range range = {.start = start, .len = length};
  ioctl(space->fd, UFFDIO_WAKE, &range);
}

static void pause_shortly(void) {
  struct timespec time = {.tv_nsec = 500000};
  nanosleep(&time, NULL);
}

// One page that the snapshot has no bytes of: fresh memory, or memory that the job gave back.
static bool put_zero(struct spaces *spaces, struct space *space, uint64_t address) {
  for (int tries = 0; tries < BUSY_TRIES; tries++) {
    struct uffdio_zeropage zero = {.range = {.start = address, .len = PAGE}};
    if (ioctl(space->fd, UFFDIO_ZEROPAGE, &zero) == 0) return true;
    if (errno == EEXIST || errno == ENOENT) {
      wake(space, address, PAGE);
      return true;
    }
    if (errno == ESRCH || errno == ENOSPC) return end_space(spaces, space), true;
    if (errno != EAGAIN) return false;
    if (!hear_space(spaces, space)) pause_shortly();
    if (space->fd < 0 || find_range(&space->missing, address)) return true;
  }
  return false;
}

static void note_fault(struct space *space, uint64_t address) {
  for (size_t i = 0; i < space->fault_count; i++)
    if (space->faults[i] == address) return;
  if (space->fault_count == space->fault_room) {
    space->fault_room = space->fault_room * 2 + 16;
    space->faults = realloc(space->faults, space->fault_room * sizeof *space->faults);
    if (!space->faults) abort();
  }
  space->faults[space->fault_count++] = address;
}

static void forget_faults(struct space *space, uint64_t start, uint64_t end) {
  for (size_t i = 0; i < space->fault_count;) {
    if (space->faults[i] >= start && space->faults[i] < end) space->faults[i] = space->faults[--space->fault_count];
    else i++;
  }
}

static bool answer_fault(struct spaces *spaces, struct space *space, uint64_t address) {
  const struct range *range = find_range(&space->missing, address);
  if (!range) return put_zero(spaces, space, address);
  note_fault(space, address);
  spaces->wanted(space, range->image + (address - range->start));
  return true;
}

// The job gave pages back, or has moved them: who waits there looks again.
static void release(struct space *space, uint64_t start, uint64_t end) {
  drop_range(&space->missing, start, end);
  forget_faults(space, start, end);
  wake(space, start, end - start);
}

bool hear_space(struct spaces *spaces, struct space *space) {
  struct uffd_msg said;
  ssize_t length = space->fd < 0 ? -1 : read(space->fd, &said, sizeof said);
  if (length != (ssize_t)sizeof said) return false;
  switch (said.event) {
    case UFFD_EVENT_PAGEFAULT:
      if (!answer_fault(spaces, space, said.arg.pagefault.address & ~(PAGE - 1))) abort();
      return true;
    case UFFD_EVENT_FORK:
      add_space(spaces, (int)said.arg.fork.ufd, space->pid, &space->missing);
      return true;
    case UFFD_EVENT_REMAP: {
      uint64_t from = said.arg.remap.from, to = said.arg.remap.to, span = said.arg.remap.len;
      move_range(&space->missing, from, to, span);
      forget_faults(space, from, from + span);
      wake(space, from, span);
      return true;
    }
    case UFFD_EVENT_REMOVE:
    case UFFD_EVENT_UNMAP:
      release(space, said.arg.remove.start, said.arg.remove.end);
      return true;
    default:
      return true;
  }
}

enum placed { PLACED, LATER, ENDED, BROKEN };

// At most `length` bytes at `address`; `done` is how many of them are settled.
static enum placed put(struct space *space, uint64_t address, uint64_t length, const unsigned char *bytes, bool running, uint64_t *done) {
  int64_t moved;
  int failed;
  if (bytes) {
    struct uffdio_copy copy = {.dst = address, .src = (uintptr_t)bytes, .len = length};
    failed = ioctl(space->fd, UFFDIO_COPY, &copy);
    moved = copy.copy;
  } else {
    struct uffdio_zeropage zero = {.range = {.start = address, .len = length}};
    failed = ioctl(space->fd, UFFDIO_ZEROPAGE, &zero);
    moved = zero.zeropage;
  }
  *done = failed ? 0 : length;
  if (!failed) return PLACED;
  if (errno == EAGAIN && moved > 0) return *done = (uint64_t)moved, PLACED;
  if (errno == EAGAIN) return LATER;
  if (errno == ESRCH || errno == ENOSPC) return ENDED;
  if (errno == EEXIST) {
    // Written by the job since, by a fork's answer for instance.
    wake(space, address, PAGE);
    return *done = PAGE, PLACED;
  }
  if (errno == ENOENT && length > PAGE) return put(space, address, length / PAGE / 2 * PAGE, bytes, running, done);
  // Of a job that runs it is gone with its mapping, of which the kernel tells in a moment; before that it is still to be mapped.
  if (errno == ENOENT && running) return wake(space, address, PAGE), *done = PAGE, PLACED;
  return errno == ENOENT ? LATER : BROKEN;
}

static bool place_in(struct spaces *spaces, struct space *space, uint64_t image, uint64_t end, const unsigned char *bytes) {
  struct range part;
  int tries = 0;
  while (space->fd >= 0 && find_image(&space->missing, image, end, &part)) {
    uint64_t done = 0;
    switch (put(space, part.start, part.end - part.start, bytes ? bytes + (part.image - image) : NULL, spaces->running, &done)) {
      case PLACED:
        drop_range(&space->missing, part.start, part.start + done);
        forget_faults(space, part.start, part.start + done);
        tries = 0;
        break;
      case LATER:
        if (++tries > BUSY_TRIES) return false;
        if (!hear_space(spaces, space)) pause_shortly();
        break;
      case ENDED:
        end_space(spaces, space);
        break;
      case BROKEN:
        return false;
    }
  }
  return true;
}

bool place_pages(struct spaces *spaces, uint32_t pid, uint64_t image, uint64_t count, const unsigned char *bytes) {
  // One that is forked meanwhile is put first, and has had its turn once the list is gone through without another.
  for (uint32_t before = last_id + 1; before != last_id;) {
    before = last_id;
    for (struct space *space = spaces->first; space; space = space->next)
      if (space->pid == pid && !place_in(spaces, space, image, image + count * PAGE, bytes)) return false;
  }
  return true;
}

static bool has_ended(struct space *space) {
  struct uffdio_zeropage zero = {.range = {.start = NOWHERE, .len = PAGE}};
  return ioctl(space->fd, UFFDIO_ZEROPAGE, &zero) != 0 && (errno == ESRCH || errno == ENOSPC);
}

void sweep_spaces(struct spaces *spaces) {
  for (struct space **at = &spaces->first; *at;) {
    struct space *space = *at;
    if (space->fd >= 0 && has_ended(space)) end_space(spaces, space);
    if (space->fd >= 0) {
      at = &space->next;
      continue;
    }
    *at = space->next;
    spaces->count--;
    free(space->missing.items);
    free(space->faults);
    free(space);
  }
}

bool any_missing(const struct spaces *spaces) {
  for (struct space *space = spaces->first; space; space = space->next)
    if (space->fd >= 0 && space->missing.count > 0) return true;
  return false;
}
