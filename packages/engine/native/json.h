// Just enough JSON: reads members of objects, elements of arrays, strings and numbers; writes strings.
#ifndef HOLDFAST_JSON_H
#define HOLDFAST_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Some text, from `at` to `end`.
struct json {
  const char *at, *end;
};

// Calls for each member or element, in order, until one call is false; true where the text is one whole object or array and no call was false.
bool json_members(struct json text, bool (*each)(struct json key, struct json value, void *context), void *context);
bool json_elements(struct json text, bool (*each)(struct json value, void *context), void *context);
// Whether the value is this string; `key` needs no escapes.
bool json_is(struct json value, const char *text);
// The string in UTF-8, ended by 0; false where it is none, does not fit, or holds a 0.
bool json_string(struct json value, char *into, size_t room);
bool json_integer(struct json value, int64_t *number);
bool json_true(struct json value);
void json_quote(FILE *out, const char *text);

#endif
