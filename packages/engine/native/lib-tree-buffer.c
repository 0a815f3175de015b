/* Growing buffers, whole reads and writes, cursors over foreign bytes, and the one way to fail. */
#include "lib-tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void tree_fail(const char *action, const char *path, int error) {
  fprintf(stderr, "%s ", action);
  for (const unsigned char *at = (const unsigned char *)path; *at; at++) {
    if (*at < 0x20 || *at == 0x7f || *at == '\\') fprintf(stderr, "\\x%02x", *at);
    else fputc(*at, stderr);
  }
  fprintf(stderr, ": %s\n", error ? strerror(error) : "not allowed");
  exit(1);
}

void *tree_allocate(void *old, size_t bytes) {
  void *memory = realloc(old, bytes ? bytes : 1);
  if (!memory) tree_fail("cannot allocate memory for", "the record stream", ENOMEM);
  return memory;
}

void *tree_append(struct tree_buffer *buffer, const void *data, size_t bytes) {
  if (buffer->size - buffer->used < bytes) {
    size_t size = buffer->size ? buffer->size : 1 << 16;
    while (size - buffer->used < bytes) size *= 2;
    buffer->data = tree_allocate(buffer->data, size);
    buffer->size = size;
  }
  unsigned char *place = buffer->data + buffer->used;
  if (data) memcpy(place, data, bytes);
  else memset(place, 0, bytes);
  buffer->used += bytes;
  return place;
}

void tree_append_u32(struct tree_buffer *buffer, uint32_t value) { tree_append(buffer, &value, sizeof value); }

void tree_write_all(int file, const void *data, size_t bytes) {
  const char *at = data;
  while (bytes > 0) {
    ssize_t written = write(file, at, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) tree_fail("cannot write", "the output", errno);
    at += written;
    bytes -= (size_t)written;
  }
}

void tree_read_all(int file, struct tree_buffer *buffer) {
  for (;;) {
    unsigned char *place = tree_append(buffer, NULL, 1 << 16);
    ssize_t got = read(file, place, 1 << 16);
    buffer->used -= (1 << 16) - (size_t)(got > 0 ? got : 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) tree_fail("cannot read", "the input", errno);
    if (got == 0) return;
  }
}

struct tree_cursor tree_take_bytes(struct tree_cursor *cursor, uint32_t bytes) {
  if ((size_t)(cursor->end - cursor->at) < bytes) tree_fail("cannot read", "the input: it ends early", EBADMSG);
  struct tree_cursor part = {cursor->at, cursor->at + bytes};
  cursor->at += bytes;
  return part;
}

static void take(struct tree_cursor *cursor, void *into, uint32_t bytes) { memcpy(into, tree_take_bytes(cursor, bytes).at, bytes); }

uint8_t tree_take_u8(struct tree_cursor *cursor) {
  uint8_t value;
  take(cursor, &value, sizeof value);
  return value;
}

uint16_t tree_take_u16(struct tree_cursor *cursor) {
  uint16_t value;
  take(cursor, &value, sizeof value);
  return value;
}

uint32_t tree_take_u32(struct tree_cursor *cursor) {
  uint32_t value;
  take(cursor, &value, sizeof value);
  return value;
}

uint64_t tree_take_u64(struct tree_cursor *cursor) {
  uint64_t value;
  take(cursor, &value, sizeof value);
  return value;
}

char *tree_take_string(struct tree_cursor *cursor) {
  uint32_t bytes = tree_take_u32(cursor);
  struct tree_cursor part = tree_take_bytes(cursor, bytes);
  if (memchr(part.at, 0, bytes)) tree_fail("cannot take", "a string with a NUL inside", EBADMSG);
  char *text = tree_allocate(NULL, (size_t)bytes + 1);
  memcpy(text, part.at, bytes);
  text[bytes] = 0;
  return text;
}
