// Which pages of an address space are missing.

#include <stdlib.h>
#include <string.h>

#include "pager.h"

static void make_room(struct ranges *ranges, size_t more) {
  if (ranges->count + more <= ranges->room) return;
  ranges->room = (ranges->count + more) * 2;
  ranges->items = realloc(ranges->items, ranges->room * sizeof *ranges->items);
  // Without memory nothing can be answered any more; the keeper ends the job.
  if (!ranges->items) abort();
}

// The first range that ends after `address`.
static size_t first_after(const struct ranges *ranges, uint64_t address) {
  size_t low = 0, high = ranges->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ranges->items[middle].end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void insert(struct ranges *ranges, size_t at, struct range range) {
  make_room(ranges, 1);
  memmove(ranges->items + at + 1, ranges->items + at, (ranges->count - at) * sizeof range);
  ranges->items[at] = range;
  ranges->count++;
}

void add_range(struct ranges *ranges, struct range range) {
  if (range.start >= range.end) return;
  size_t at = first_after(ranges, range.start);
  // What is moved onto something replaces it.
  if (at < ranges->count && ranges->items[at].start < range.end) {
    drop_range(ranges, range.start, range.end);
    at = first_after(ranges, range.start);
  }
  insert(ranges, at, range);
}

void drop_range(struct ranges *ranges, uint64_t start, uint64_t end) {
  size_t at = first_after(ranges, start);
  if (at < ranges->count && ranges->items[at].start < start) {
    struct range *left = ranges->items + at;
    struct range right = {.start = end, .end = left->end, .image = left->image + (end - left->start)};
    left->end = start;
    at++;
    if (right.start < right.end) {
      insert(ranges, at, right);
      return;
    }
  }
  size_t to = at;
  while (to < ranges->count && ranges->items[to].end <= end) to++;
  memmove(ranges->items + at, ranges->items + to, (ranges->count - to) * sizeof *ranges->items);
  ranges->count -= to - at;
  if (at < ranges->count && ranges->items[at].start < end) {
    ranges->items[at].image += end - ranges->items[at].start;
    ranges->items[at].start = end;
  }
}

void move_range(struct ranges *ranges, uint64_t from, uint64_t to, uint64_t length) {
  struct ranges moved = {.count = 0};
  for (size_t at = first_after(ranges, from); at < ranges->count && ranges->items[at].start < from + length; at++) {
    struct range part = ranges->items[at];
    if (part.start < from) part.image += from - part.start, part.start = from;
    if (part.end > from + length) part.end = from + length;
    part.start = part.start - from + to;
    part.end = part.end - from + to;
    make_room(&moved, 1);
    moved.items[moved.count++] = part;
  }
  drop_range(ranges, from, from + length);
  drop_range(ranges, to, to + length);
  for (size_t i = 0; i < moved.count; i++) add_range(ranges, moved.items[i]);
  free(moved.items);
}

void copy_ranges(struct ranges *to, const struct ranges *from) {
  *to = (struct ranges){.count = 0};
  make_room(to, from->count + 1);
  memcpy(to->items, from->items, from->count * sizeof *from->items);
  to->count = from->count;
}

const struct range *find_range(const struct ranges *ranges, uint64_t address) {
  size_t at = first_after(ranges, address);
  return at < ranges->count && ranges->items[at].start <= address ? ranges->items + at : NULL;
}

static bool meets(const struct range *range, uint64_t image, uint64_t end, struct range *part) {
  uint64_t range_end = range->image + (range->end - range->start);
  uint64_t low = image > range->image ? image : range->image, high = end < range_end ? end : range_end;
  if (low >= high) return false;
  *part = (struct range){.start = range->start + (low - range->image), .end = range->start + (high - range->image), .image = low};
  return true;
}

bool find_image(const struct ranges *ranges, uint64_t image, uint64_t end, struct range *part) {
  // Nearly all of them are where they were.
  for (size_t at = first_after(ranges, image); at < ranges->count && ranges->items[at].start < end; at++)
    if (meets(ranges->items + at, image, end, part)) return true;
  for (size_t at = 0; at < ranges->count; at++)
    if (ranges->items[at].start != ranges->items[at].image && meets(ranges->items + at, image, end, part)) return true;
  return false;
}
