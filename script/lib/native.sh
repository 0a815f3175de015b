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

ensure_native() {
  local home start=$SECONDS folder source name libraries names=''
  home=$HOLDFAST_TOOLS/native/$(native_hash)
  NATIVE_BIN=$home/bin
  if [ -d "$NATIVE_BIN" ] && native_complete; then return 0; fi
  folder=$(staging native)
  mkdir "$folder/home" "$folder/home/bin"
  if [ -n "$(native_programs)" ]; then ensure_compiler; fi
  for source in $(native_programs); do
    name=$(basename "$source" .c)
    libraries=$(find "$(dirname "$source")" -maxdepth 1 -name 'lib-*.c' | LC_ALL=C sort)
    # shellcheck disable=SC2086 # lists of words
    $CC $NATIVE_FLAGS -o "$folder/home/bin/holdfast-$name" "$source" $libraries 2> "$folder/cc.log" || {
      log_tail "$folder/cc.log" 20
      die "${source#"$HOLDFAST_ROOT/"} does not compile"
    }
    names="$names holdfast-$name"
  done
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  [ -z "$names" ] || say "native helpers:$names ($(seconds_since "$start"))"
}
