# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The project's own native helpers, packages/*/native/*.c. Sets NATIVE_BIN, the folder that holds those of this checkout's sources.

NATIVE_FLAGS='-static -O2 -Wall -Wextra -Werror -std=c17 -D_GNU_SOURCE'

native_sources() {
  local source
  for source in "$HOLDFAST_ROOT"/packages/*/native/*.[ch]; do [ ! -e "$source" ] || printf '%s\n' "$source"; done
}

# native_programs: the sources that have a main of their own; `lib-*.c` is linked into each of its folder.
native_programs() {
  native_sources | while IFS= read -r source; do
    case ${source##*/} in lib-*.c | *.h) ;; *) if grep -qE '\bmain[[:space:]]*\(' "$source"; then printf '%s\n' "$source"; fi ;; esac
  done
}

native_hash() {
  (cd "$HOLDFAST_ROOT" && { printf '%s\n' "$NATIVE_FLAGS" "$HOLDFAST_ARCH"; native_sources | while IFS= read -r source; do sha256sum "${source#"$HOLDFAST_ROOT/"}"; done; }) |
    sha256sum | cut -c1-16
}

native_complete() {
  local source name
  for source in $(native_programs); do
    name=$(basename "$source" .c)
    [ -x "$NATIVE_BIN/holdfast-$name" ] || return 1
  done
}

# compile SOURCE OPTIONS...: in the words of the checkout's paths when it fails.
compile() {
  local source=$1
  shift
  # shellcheck disable=SC2086 # lists of words
  $CC $NATIVE_FLAGS "$@" "$source" 2> "$NATIVE_STAGING/cc.log" || {
    log_tail "$NATIVE_STAGING/cc.log" 20
    die "${source#"$HOLDFAST_ROOT/"} does not compile"
  }
}

# build_folder FOLDER BIN: the programs of one folder of sources; its lib-*.c are compiled once and linked into each.
build_folder() {
  local source objects=()
  for source in "$1"/lib-*.c; do
    [ -e "$source" ] || continue
    compile "$source" -c -o "$NATIVE_STAGING/$(basename "$source" .c).o"
    objects+=("$NATIVE_STAGING/$(basename "$source" .c).o")
  done
  for source in $(native_programs); do
    if [ "${source%/*}" = "$1" ]; then compile "$source" -o "$2/holdfast-$(basename "$source" .c)" "${objects[@]}"; fi
  done
}

ensure_native() {
  local home start=$SECONDS source folder
  home=$HOLDFAST_TOOLS/native/$(native_hash)
  NATIVE_BIN=$home/bin
  if [ -d "$NATIVE_BIN" ] && native_complete; then return 0; fi
  if [ -n "$(native_programs)" ]; then ensure_compiler; fi
  NATIVE_STAGING=$(staging native)
  mkdir "$NATIVE_STAGING/home" "$NATIVE_STAGING/home/bin"
  for folder in "$HOLDFAST_ROOT"/packages/*/native; do
    [ ! -d "$folder" ] || build_folder "$folder" "$NATIVE_STAGING/home/bin"
  done
  place "$NATIVE_STAGING/home" "$home"
  for source in $(native_programs); do set -- "$@" "holdfast-$(basename "$source" .c)"; done
  [ $# -eq 0 ] || say "native helpers: $* ($(seconds_since "$start"))"
}
