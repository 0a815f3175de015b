// What the last close of a descriptor brings about comes at once: no copy holds one.
#include "uses.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>

static bool is_hung_up(int fd) {
  struct pollfd asked = {.fd = fd, .events = POLLIN};
  return poll(&asked, 1, 0) == 1 && asked.revents & (POLLHUP | POLLIN);
}

static const char *end_of_pipe(void) {
  while (goes_on()) {
    int ends[2];
    if (pipe(ends)) return "pipe";
    a_moment();
    close(ends[1]);
    if (!is_hung_up(ends[0])) return "no end of file";
    close(ends[0]);
  }
  return NULL;
}

static const char *end_of_socket(void) {
  while (goes_on()) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return "socketpair";
    a_moment();
    close(ends[1]);
    if (!is_hung_up(ends[0])) return "no end";
    close(ends[0]);
  }
  return NULL;
}

// An address that is listened at is free once it is not.
static const char *address(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  while (goes_on()) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) || listen(fd, 1)) return "bind";
    if (getsockname(fd, (struct sockaddr *)&here, &length)) return "getsockname";
    a_moment();
    close(fd);
  }
  return NULL;
}

static const char *lock_of_file(void) {
  FILE *named = tmpfile();
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(named));
  while (goes_on()) {
    int fd = open(path, O_RDWR), again = open(path, O_RDWR);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) return "it is locked";
    a_moment();
    if (flock(again, LOCK_EX | LOCK_NB) == 0) return "it was not locked";
    close(fd);
    if (flock(again, LOCK_EX | LOCK_NB)) return "closed, and it is locked";
    close(again);
  }
  return NULL;
}

static const char *lock_of_description(void) {
  FILE *named = tmpfile();
  char path[64];
  struct flock whole = {.l_type = F_WRLCK};
  snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(named));
  while (goes_on()) {
    int fd = open(path, O_RDWR), again = open(path, O_RDWR);
    if (fcntl(fd, F_OFD_SETLK, &whole)) return "it is locked";
    a_moment();
    close(fd);
    if (fcntl(again, F_OFD_SETLK, &whole)) return "closed, and it is locked";
    close(again);
  }
  return NULL;
}

static const char *events(void) {
  int fd = eventfd(0, EFD_NONBLOCK), set = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event)) return "epoll_ctl";
  for (uint64_t sent = 1, got; goes_on(); sent++) {
    if (write(fd, &sent, sizeof sent) != sizeof sent) return "write";
    a_moment();
    if (epoll_wait(set, &event, 1, 0) != 1) return "no event";
    if (read(fd, &got, sizeof got) != sizeof got || got != sent) return "another number";
    if (epoll_wait(set, &event, 1, 0) != 0) return "an event";
  }
  return NULL;
}

const struct use uses_of_descriptors[] = {{"pipe", end_of_pipe},
                                          {"socket", end_of_socket},
                                          {"address", address},
                                          {"flock", lock_of_file},
                                          {"ofd-lock", lock_of_description},
                                          {"eventfd", events},
                                          {NULL, NULL}};
