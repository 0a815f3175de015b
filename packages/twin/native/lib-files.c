// The kernel's small files.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "twin.h"

bool read_text(const char *path, char *text, size_t room) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  size_t length = 0;
  ssize_t got = 0;
  while (length < room - 1 && (got = read(fd, text + length, room - 1 - length)) > 0) length += (size_t)got;
  close(fd);
  text[length] = 0;
  return got >= 0 && length > 0;
}

bool write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool whole = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  close(fd);
  return whole;
}

bool write_number(const char *path, long number) {
  char text[24];
  snprintf(text, sizeof text, "%ld", number);
  return write_text(path, text);
}

bool each_number(const char *path, bool (*take)(pid_t number, void *context), void *context) {
  FILE *file = fopen(path, "re");
  if (!file) return false;
  bool going_on = true;
  for (int number; going_on && fscanf(file, "%d", &number) == 1;) going_on = take(number, context);
  fclose(file);
  return going_on;
}
