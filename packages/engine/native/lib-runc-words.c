// What the launcher says, and to whom.

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "runc.h"

// A reader that is gone must not end a launcher, and runc must not find the signal ignored.
static void write_all(int fd, const char *text, size_t length) {
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  sigaction(SIGPIPE, &ignore, &before);
  ssize_t ignored = write(fd, text, length);
  (void)ignored;
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
