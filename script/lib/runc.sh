# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# runc >= 1.1: the system's, else its distribution's package in a private root. Sets RUNC_BIN, a folder with `runc`.

runc_is_new_enough() {
  local version
  version=$("$1" --version 2> /dev/null | sed -n 's/^runc version //p')
  [ -n "$version" ] && [ "$(printf '%s\n' 1.1 "$version" | sort -V | head -n 1)" = 1.1 ]
}

# bring_runc ROOT: the distribution's own runc, because it runs with the system's libraries: it starts itself anew as
# /proc/self/exe inside the container, so a loader of its own cannot be put before it.
bring_runc() {
  local root=$1 start=$SECONDS folder
  if runc_is_new_enough "$root/usr/sbin/runc"; then return 0; fi
  folder=$(staging runc)
  private_apt_system "$folder"
  private_download runc || { log_tail "$folder/apt.log" 3; die 'this system has no package runc' 'apt-get install runc'; }
  private_unpack "$folder/root"
  [ -x "$folder/root/usr/sbin/runc" ] || { mkdir -p "$folder/root/usr/sbin" && ln -s ../bin/runc "$folder/root/usr/sbin/runc"; }
  runc_is_new_enough "$folder/root/usr/sbin/runc" ||
    die "the system's package of runc does not run, or is older than 1.1: $("$folder/root/usr/sbin/runc" --version 2>&1 | head -n 1)" 'apt-get install runc'
  place "$folder/root" "$root"
  rm -rf --one-file-system "$folder"
  say "$("$root/usr/sbin/runc" --version | head -n 1) of this system's packages, not installed ($(seconds_since "$start"))"
}

ensure_runc() {
  local runc key
  runc=$(command -v runc || true)
  if [ -z "$runc" ] || ! runc_is_new_enough "$runc"; then
    bring_runc "$HOLDFAST_TOOLS/runc/$OS_KEY/root"
    runc=$HOLDFAST_TOOLS/runc/$OS_KEY/root/usr/sbin/runc
  fi
  # runc finds CRIU on PATH, whatever the caller's is; but holdfast-runc has a program of its own there, by which it starts CRIU.
  # A folder for each pair: checkouts may differ in either.
  local by="[ -n \"\${HOLDFAST_RESTORE_CRIU:-}\" ] || PATH='$CRIU_BIN':\"\$PATH\""
  key=$(printf '%s\n' "$runc" "$by" | sha256sum | cut -c1-12)
  RUNC_BIN=$HOLDFAST_TOOLS/runc/$key/bin
  if [ ! -x "$RUNC_BIN/runc" ]; then
    mkdir -p "$RUNC_BIN"
    write_program "$RUNC_BIN/runc" "$by" 'export PATH' "exec '$runc' \"\$@\""
  fi
  "$RUNC_BIN/runc" --version > /dev/null || die "$runc does not run"
}
