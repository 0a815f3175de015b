// The words between Holdfast and this program, version 1: lines of fields that a tab divides. A request is "ID VERB FIELD...", its answer
// "ID ok FIELD..." or "ID error REASON TEXT". The first line is "* holdfast-twin 1".

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin.h"

struct refusal refusal;

bool refuse(const char *reason, const char *format, ...) {
  if (refusal.reason[0]) return false;
  snprintf(refusal.reason, sizeof refusal.reason, "%s", reason);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(refusal.text, sizeof refusal.text, format, arguments);
  va_end(arguments);
  return false;
}
