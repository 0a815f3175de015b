// The words between Holdfast and its keeper: lines on one socket. Holdfast asks "ID VERB [NUMBER]", the answer is "ID ok ..." or
// "ID error ...". Lines that begin with "*" come unasked.

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control.h"

void tell(struct control *control, const char *format, ...) {
  if (control->fd < 0) return;
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length < 0 || length >= (int)sizeof line - 1) return;
  line[length++] = '\n';
  for (int sent = 0; sent < length;) {
    ssize_t now = send(control->fd, line + sent, (size_t)(length - sent), MSG_NOSIGNAL);
    if (now > 0) sent += (int)now;
    else if (now < 0 && errno != EINTR) return;
  }
}

bool hear(struct control *control, void (*answer)(struct control *, const struct request *, void *), void *context) {
  size_t room = sizeof control->heard - control->length;
  ssize_t got = recv(control->fd, control->heard + control->length, room, MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  // A line that does not fit was not sent by Holdfast.
  if (got == 0) return false;
  control->length += (size_t)got;
  for (char *end; (end = memchr(control->heard, '\n', control->length));) {
    *end = 0;
    struct request request = {.number = 0};
    if (sscanf(control->heard, "%ld %15s %ld", &request.id, request.verb, &request.number) >= 2) answer(control, &request, context);
    size_t used = (size_t)(end + 1 - control->heard);
    memmove(control->heard, end + 1, control->length - used);
    control->length -= used;
  }
  return control->length < sizeof control->heard;
}
