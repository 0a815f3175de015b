// Calls of the real runc with the words that this program was called with.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runc.h"

_Noreturn void become_runc(const struct settings *settings, const struct line *line) {
  char *name = line->argv[0];
  line->argv[0] = (char *)settings->runc;
  execv(settings->runc, line->argv);
  int error = errno;
  line->argv[0] = name;
  char text[PATH_MAX + 200];
  snprintf(text, sizeof text, "the real runc cannot be started (%s): %s; install runc, or name it as runc= in /etc/holdfast/runc.conf", settings->runc, strerror(error));
  complain(line, text);
  _exit(127);
}

int run_runc(const struct settings *settings, const struct line *line) {
  pid_t child = fork();
  if (child < 0) return 125;
  if (child == 0) become_runc(settings, line);
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 125;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
