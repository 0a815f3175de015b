# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# A CRIU that works on this kernel: the system's own where it does, else Debian's newer one in a private root.
# Sets CRIU_BIN, a folder with `criu`: runc >= 1.2 ignores its --criu option and looks on PATH.

# A probe's answer holds for a kernel, a CRIU and the iptables it finds; whichever changes, the question is asked again.
probe_key() {
  printf '%s\n' "$(uname -rv)" "$1" "$(cat "$1" 2> /dev/null | sha256sum)" "$(command -v iptables-restore || true)" | sha256sum | cut -d' ' -f1
}

# criu_known_to_work CRIU: runs it, and probes it unless that was done on this kernel already.
criu_known_to_work() {
  local stamp
  CRIU_REASON='it does not run'
  "$1" --version > /dev/null 2>&1 || return 1
  stamp=$HOLDFAST_TOOLS/probed/$(probe_key "$1")
  if [ -e "$stamp" ]; then
    CRIU_REASON=$(cat "$stamp")
    [ -z "$CRIU_REASON" ]
    return
  fi
  mkdir -p "$HOLDFAST_TOOLS/probed"
  if criu_works "$1"; then : > "$stamp"; return 0; fi
  printf '%s' "$CRIU_REASON" > "$stamp.new"
  # Time-outs come from a busy machine as well: such an answer is not kept.
  case $CRIU_REASON in 'timed out') rm -f "$stamp.new" ;; *) mv "$stamp.new" "$stamp" ;; esac
  return 1
}

# private_program ROOT: prints how to start a program of ROOT: by ROOT's own loader, with ROOT's libraries. Its libc is newer
# than the system's, so neither can serve the other.
private_program() {
  local loader libraries
  loader=$(find "$1/usr/lib64" "$1/usr/lib" -name 'ld-linux-*.so.*' 2> /dev/null | head -n 1)
  libraries=$1/usr/lib/$HOLDFAST_ARCH-linux-gnu
  printf "'%s' --library-path '%s'" "$loader" "$libraries"
}

# write_program FILE LINE...: an executable shell script.
write_program() {
  local file=$1
  shift
  printf '%s\n' '#!/bin/sh' "$@" > "$file"
  chmod 755 "$file"
}

# write_criu BIN START OPTIONS: `criu` in the folder BIN, started by START. CRIU calls iptables by name: folder BIN first.
write_criu() {
  mkdir -p "$1"
  write_program "$1/criu" "PATH='$1':\"\$PATH\":/usr/sbin:/sbin" 'export PATH' "exec $2 \"\$@\"$3"
}

# write_iptables BIN ROOT: the private root's iptables under the names CRIU calls, talking to nf_tables.
write_iptables() {
  local name root=$2
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    write_program "$1/$name" "XTABLES_LIBDIR='$root/usr/lib/$HOLDFAST_ARCH-linux-gnu/xtables'" 'export XTABLES_LIBDIR' \
      "exec $(private_program "$root") --argv0 $name '$root/usr/sbin/xtables-nft-multi' \"\$@\""
  done
}

# bring_criu_root ROOT: CRIU and iptables of a newer Debian, unpacked in ROOT.
bring_criu_root() {
  local root=$1 suite folder start=$SECONDS version
  [ ! -x "$root/usr/sbin/criu" ] || return 0
  require_apt 'a CRIU for this kernel'
  for suite in $CRIU_SUITES; do
    folder=$(staging "criu-$suite")
    private_apt_suite "$folder" "$suite" || { log_tail "$folder/apt.log" 3; continue; }
    if ! private_download "criu=$CRIU_VERSION" iptables; then
      # The suite has moved on. A newer CRIU is what its maintainers mean to be used; the probe decides whether it is.
      private_download criu iptables || { log_tail "$folder/apt.log" 3; continue; }
    fi
    private_unpack "$folder/root"
    version=$(basename "$folder"/cache/archives/criu_*.deb | cut -d_ -f2)
    [ "$version" = "$CRIU_VERSION" ] || say "CRIU $CRIU_VERSION is no longer in Debian $suite: taking $version"
    place "$folder/root" "$root"
    rm -rf --one-file-system "$folder"
    say "CRIU $version of Debian $suite in a private root ($(seconds_since "$start"))"
    return 0
  done
  die "neither Debian suite of ($CRIU_SUITES) at $(debian_mirror) gives the package criu" \
    'set HOLDFAST_DEBIAN_MIRROR to a full Debian mirror, or install a CRIU >= 4.2 that works on this kernel'
}

use_system_criu() {
  local system=$1 bin=$HOLDFAST_TOOLS/criu/system/bin
  if ! grep -qsF "exec '$system'" "$bin/criu"; then write_criu "$bin" "'$system'" ''; fi
  CRIU_BIN=$bin
}

# bring_criu: leaves a probed CRIU in CRIU_BIN.
bring_criu() {
  local home=$HOLDFAST_TOOLS/criu/$CRIU_VERSION lock
  bring_criu_root "$home/root"
  CRIU_BIN=$home/bin
  if [ -x "$CRIU_BIN/criu" ] && criu_known_to_work "$CRIU_BIN/criu"; then return 0; fi
  # iptables where it does its work; else nftables, for kernels that have but that.
  for lock in '' ' --network-lock nftables'; do
    rm -rf --one-file-system "$CRIU_BIN"
    write_criu "$CRIU_BIN" "$(private_program "$home/root") '$home/root/usr/sbin/criu'" "$lock"
    command -v iptables-restore > /dev/null || write_iptables "$CRIU_BIN" "$home/root"
    ! criu_known_to_work "$CRIU_BIN/criu" || return 0
  done
  rm -rf --one-file-system "$home"
  die "CRIU $CRIU_VERSION runs but cannot dump and restore a process on kernel $(uname -r): $CRIU_REASON"
}

ensure_criu() {
  local system
  system=$(command -v criu || true)
  if [ -n "$system" ]; then
    use_system_criu "$system"
    ! criu_known_to_work "$CRIU_BIN/criu" || return 0
    say "the system's $system does not work on kernel $(uname -r): $(printf '%s' "$CRIU_REASON" | tail -n 1)"
  fi
  bring_criu
}
