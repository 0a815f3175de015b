// Just enough JSON (json.h). What is skipped is looked at no closer than needed to find its end.

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static void skip_blanks(struct json *text) {
  while (text->at < text->end && strchr(" \t\r\n", *text->at) && *text->at) text->at++;
}

static bool take(struct json *text, char wanted) {
  skip_blanks(text);
  if (text->at >= text->end || *text->at != wanted) return false;
  text->at++;
  return true;
}

static bool skip_string(struct json *text) {
  if (!take(text, '"')) return false;
  for (; text->at < text->end; text->at++) {
    if (*text->at == '"') {
      text->at++;
      return true;
    }
    if (*text->at == '\\') text->at++;
  }
  return false;
}

static bool skip_nested(struct json *text) {
  int depth = 0;
  while (text->at < text->end) {
    if (*text->at == '"') {
      if (!skip_string(text)) return false;
      continue;
    }
    char one = *text->at++;
    if (one == '{' || one == '[') depth++;
    if ((one == '}' || one == ']') && --depth == 0) return true;
  }
  return false;
}

static bool skip_value(struct json *text) {
  skip_blanks(text);
  if (text->at >= text->end) return false;
  if (*text->at == '"') return skip_string(text);
  if (*text->at == '{' || *text->at == '[') return skip_nested(text);
  const char *from = text->at;
  while (text->at < text->end && (isalnum((unsigned char)*text->at) || strchr("+-.", *text->at)) && *text->at) text->at++;
  return text->at > from;
}

static bool next_value(struct json *text, struct json *value) {
  skip_blanks(text);
  value->at = text->at;
  if (!skip_value(text)) return false;
  value->end = text->at;
  return true;
}

bool json_members(struct json text, bool (*each)(struct json, struct json, void *), void *context) {
  if (!take(&text, '{')) return false;
  if (take(&text, '}')) return true;
  do {
    struct json key, value;
    skip_blanks(&text);
    key.at = text.at;
    if (!skip_string(&text)) return false;
    key.end = text.at;
    if (!take(&text, ':') || !next_value(&text, &value) || !each(key, value, context)) return false;
  } while (take(&text, ','));
  return take(&text, '}');
}

bool json_elements(struct json text, bool (*each)(struct json, void *), void *context) {
  if (!take(&text, '[')) return false;
  if (take(&text, ']')) return true;
  do {
    struct json value;
    if (!next_value(&text, &value) || !each(value, context)) return false;
  } while (take(&text, ','));
  return take(&text, ']');
}

bool json_is(struct json value, const char *text) {
  size_t length = strlen(text);
  return (size_t)(value.end - value.at) == length + 2 && *value.at == '"' && memcmp(value.at + 1, text, length) == 0;
}

bool json_true(struct json value) {
  return value.end - value.at == 4 && memcmp(value.at, "true", 4) == 0;
}

bool json_integer(struct json value, int64_t *number) {
  char text[32];
  size_t length = (size_t)(value.end - value.at);
  if (length == 0 || length >= sizeof text) return false;
  memcpy(text, value.at, length);
  text[length] = 0;
  char *end;
  *number = strtoll(text, &end, 10);
  return *end == 0;
}

// Four hexadecimal digits, or -1.
static long unit_at(const char *at, const char *end) {
  if (end - at < 4) return -1;
  char digits[5] = {at[0], at[1], at[2], at[3], 0};
  for (int i = 0; i < 4; i++)
    if (!isxdigit((unsigned char)digits[i])) return -1;
  return strtol(digits, NULL, 16);
}

static size_t write_utf8(long point, char *into) {
  if (point < 0x80) return into[0] = (char)point, 1;
  if (point < 0x800) return into[0] = (char)(0xc0 | point >> 6), into[1] = (char)(0x80 | (point & 63)), 2;
  if (point < 0x10000) return into[0] = (char)(0xe0 | point >> 12), into[1] = (char)(0x80 | (point >> 6 & 63)), into[2] = (char)(0x80 | (point & 63)), 3;
  into[0] = (char)(0xf0 | point >> 18), into[1] = (char)(0x80 | (point >> 12 & 63)), into[2] = (char)(0x80 | (point >> 6 & 63)), into[3] = (char)(0x80 | (point & 63));
  return 4;
}

// The character after a backslash; `at` is moved behind it. 0 where it is none.
static size_t unescape(const char **at, const char *end, char *into) {
  static const char named[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char one = *(*at)++;
  if (one != 'u') {
    const char *found = one ? strchr(named, one) : NULL;
    return found ? (into[0] = meant[found - named], 1) : 0;
  }
  long point = unit_at(*at, end);
  if (point <= 0) return 0;
  *at += 4;
  if (point >= 0xd800 && point < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
    long low = unit_at(*at + 2, end);
    if (low >= 0xdc00 && low < 0xe000) {
      point = 0x10000 + (point - 0xd800) * 0x400 + (low - 0xdc00);
      *at += 6;
    }
  }
  return write_utf8(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, into);
}

bool json_string(struct json value, char *into, size_t room) {
  if (value.end - value.at < 2 || *value.at != '"') return false;
  const char *at = value.at + 1, *end = value.end - 1;
  size_t length = 0;
  while (at < end) {
    if (length + 5 > room || !*at) return false;
    if (*at != '\\') {
      into[length++] = *at++;
      continue;
    }
    at++;
    size_t more = at < end ? unescape(&at, end, into + length) : 0;
    if (!more) return false;
    length += more;
  }
  into[length] = 0;
  return true;
}

void json_quote(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') fprintf(out, "\\%c", *text);
    else if ((unsigned char)*text < 0x20) fprintf(out, "\\u%04x", (unsigned)*text);
    else fputc(*text, out);
  }
  fputc('"', out);
}
