# shellcheck shell=bash
# What bootstrap tells. Standard output belongs to --print-env alone, so every word goes to standard error.

say() { printf 'bootstrap: %s\n' "$*" >&2; }

# die SENTENCE [COMMAND]: ends bootstrap, with the command that brings what is missing where there is one.
die() {
  printf 'bootstrap: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'bootstrap: to bring it:  %s\n' "$2" >&2
  exit 1
}

# log_tail FILE: the end of a tool's own words, indented, for the moments when our sentence is not enough.
log_tail() { tail -n "${2:-8}" "$1" | sed 's/^/    /' >&2; }
