// The socket that pages come by: messages of a fixed head, some with pages behind it.

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "pager.h"

static bool send_whole(int fd, const void *bytes, size_t length) {
  for (size_t sent = 0; sent < length;) {
    ssize_t now = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
    if (now > 0) sent += (size_t)now;
    else if (errno != EINTR) return false;
  }
  return true;
}

static bool receive_whole(int fd, void *bytes, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t now = recv(fd, (char *)bytes + got, length - got, 0);
    if (now > 0) got += (size_t)now;
    else if (now == 0 || errno != EINTR) return false;
  }
  return true;
}

bool tell_feed(int fd, uint32_t kind, uint32_t pid, uint64_t address, uint64_t pages) {
  struct feed_message message = {.kind = kind, .pid = pid, .address = address, .pages = pages};
  return send_whole(fd, &message, sizeof message);
}

bool hear_feed(int fd, struct feed_message *message, unsigned char *bytes) {
  if (!receive_whole(fd, message, sizeof *message)) return false;
  if (message->kind == FEED_SENT) return true;
  bool has_pages = message->kind == FEED_PAGES || message->kind == FEED_ZEROS;
  if (!has_pages || message->pages == 0 || message->pages > PAGES_LIMIT || message->address % PAGE != 0) return false;
  return message->kind == FEED_ZEROS || receive_whole(fd, bytes, message->pages * PAGE);
}

bool tell_needs(int fd, const struct spaces *spaces) {
  for (struct space *space = spaces->first; space; space = space->next) {
    for (size_t i = 0; i < space->missing.count; i++) {
      const struct range *range = space->missing.items + i;
      if (!tell_feed(fd, FEED_NEED, space->pid, range->image, (range->end - range->start) / PAGE)) return false;
    }
  }
  return tell_feed(fd, FEED_TOLD, 0, 0, 0);
}

bool tell_faults(int fd, const struct spaces *spaces) {
  for (struct space *space = spaces->first; space; space = space->next) {
    for (size_t i = 0; i < space->fault_count; i++) {
      const struct range *range = find_range(&space->missing, space->faults[i]);
      if (range && !tell_feed(fd, FEED_FAULT, space->pid, range->image + (space->faults[i] - range->start), 1)) return false;
    }
  }
  return true;
}
