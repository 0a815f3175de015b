// What `criu restore --lazy-pages` says on lazy-pages.socket: for each process its pid and then its userfaultfd, for one that has ended the pid
// with a minus; at last that the restore is through.

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "pager.h"

#define FINISHED 0x52535446

enum restore_word hear_restore(int fd, uint32_t *pid, int *uffd) {
  int32_t word;
  if (recv(fd, &word, sizeof word, MSG_WAITALL) != (ssize_t)sizeof word) return RESTORE_GONE;
  if (word == FINISHED) return RESTORE_FINISHED;
  if (word <= 0) return RESTORE_OTHER;
  char byte;
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != 1) return RESTORE_GONE;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (!head || head->cmsg_type != SCM_RIGHTS) return RESTORE_GONE;
  memcpy(uffd, CMSG_DATA(head), sizeof *uffd);
  *pid = (uint32_t)word;
  return RESTORE_SPACE;
}
