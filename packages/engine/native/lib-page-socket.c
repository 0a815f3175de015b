// A page server that serves nobody. With --lazy-pages CRIU leaves the job's own memory out of its images and waits, the job in its hands, until somebody has
// fetched it. Nobody does: it is read elsewhere. As CRIU's ps-socket it gets one end of a pair of sockets with the request to end already in it, so it neither
// waits nor listens on a port that others could read the job's memory from.

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keeper.h"

// PS_IOV_FORCE_CLOSE, little endian. The request has 24 bytes before CRIU 4.2 and 32 since; all but the command are zero.
static const uint8_t request[32] = {0x24, 0x10};

bool closed_page_server(int descriptor) {
  int pair[2];
  // Our end stays open as long as the guard lives: CRIU answers.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  return write(pair[0], request, sizeof request) == (ssize_t)sizeof request && dup2(pair[1], descriptor) == descriptor && close(pair[1]) == 0;
}
