// Words from the pager to the keeper, some with a descriptor.

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "pager.h"

bool tell_keeper(int fd, char kind, uint32_t id, int passed) {
  struct keeper_word word = {.kind = kind, .id = id};
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = &word, .iov_len = sizeof word};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (passed >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(head), &passed, sizeof passed);
  }
  ssize_t sent;
  while ((sent = sendmsg(fd, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {}
  return sent == (ssize_t)sizeof word;
}
