// What the launcher says, and to whom.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "keeper.h"
#include "runc.h"

// In all: a container's start must not depend on whoever reads what it says.
static int64_t patience_ms = 200;

static bool is_writable(int fd) {
  struct pollfd waited = {.fd = fd, .events = POLLOUT};
  int64_t begun = monotonic_ms();
  int ready = poll(&waited, 1, (int)patience_ms);
  int64_t passed_ms = monotonic_ms() - begun;
  patience_ms -= passed_ms < patience_ms ? passed_ms : patience_ms;
  return ready > 0;
}

// The same pipe by a description of our own, which does not block; that of the container's processes must stay as it is. -1: it is no pipe, or cannot be had.
static int open_unshared(int fd) {
  char path[64];
  struct stat about;
  if (fstat(fd, &about) != 0 || !S_ISFIFO(about.st_mode)) return -1;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

// As much as the reader takes. containerd reads a container's pipe only once `create` has returned, and a resumed job may have filled it by then.
// A reader that is gone must not end a launcher, and runc must not find the signal ignored.
static void write_all(int fd, const char *text, size_t length) {
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  sigaction(SIGPIPE, &ignore, &before);
  int unshared = open_unshared(fd), out = unshared < 0 ? fd : unshared;
  // What poll says of a pipe is true of no more than PIPE_BUF.
  while (length > 0 && is_writable(out)) {
    ssize_t written = write(out, text, length < PIPE_BUF ? length : PIPE_BUF);
    if (written < 0 && errno != EAGAIN && errno != EINTR) break;
    if (written > 0) text += written, length -= (size_t)written;
    // The job, which writes to it too, was faster.
    else if (patience_ms > 0) patience_ms--;
    else break;
  }
  if (unshared >= 0) close(unshared);
  sigaction(SIGPIPE, &before, NULL);
}

void say(const char *text) {
  char *line = NULL;
  size_t length;
  FILE *out = open_memstream(&line, &length);
  if (!out) return;
  fputs("holdfast: ", out);
  for (; *text; text++) {
    if (*text == '\n') fputs(text[1] ? "\nholdfast: " : "", out);
    // No escape sequences for whoever looks at the log on a terminal.
    else fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
  }
  fputc('\n', out);
  if (fclose(out) == 0) write_all(STDERR_FILENO, line, length);
  free(line);
}

void complain(const struct line *line, const char *text) {
  say(text);
  if (!line->log) return;
  int fd = open(line->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  char *entry = NULL, when[32];
  size_t length;
  time_t now = time(NULL);
  struct tm utc;
  strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  FILE *out = fd >= 0 ? open_memstream(&entry, &length) : NULL;
  if (out) {
    bool is_json = line->log_format && !strcmp(line->log_format, "json");
    fputs(is_json ? "{\"level\":\"error\",\"msg\":" : "level=error msg=", out);
    json_quote(out, text);
    fprintf(out, is_json ? ",\"time\":\"%s\"}\n" : " time=\"%s\"\n", when);
    if (fclose(out) == 0) write_all(fd, entry, length);
    free(entry);
  }
  if (fd >= 0) close(fd);
}
