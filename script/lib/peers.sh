# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The programs that script/bench store measures beside Holdfast: Debian's, in a private root, for the bench alone. Sets PEERS_BIN.

# bring_peers HOME: what Debian's stable release carries, started by the root's own loader with its own libraries.
bring_peers() {
  local home=$1 folder start=$SECONDS
  folder=$(staging peers)
  private_apt_suite "$folder" "$PEERS_SUITE" || { log_tail "$folder/apt.log" 3; return 1; }
  private_download "restic=$RESTIC_VERSION" "borgbackup=$BORG_VERSION" "zstd=$ZSTD_VERSION" ||
    { log_tail "$folder/apt.log" 3; return 1; }
  mkdir "$folder/peers"
  private_unpack "$folder/peers/root"
  place "$folder/peers" "$home"
  rm -rf --one-file-system "$folder"
  write_peers "$home/bin" "$home/root"
  say "restic, borg and zstd of Debian $PEERS_SUITE in a private root, for the benchmark ($(seconds_since "$start"))"
}

# write_peers BIN ROOT. restic is a static program; borg brings its own Python.
write_peers() {
  local root=$2 start python
  start=$(private_program "$root")
  python=$(find "$root/usr/bin" -name 'python3.[0-9]*' -not -name '*-*' | head -n 1)
  mkdir -p "$1"
  write_program "$1/restic" "exec '$root/usr/bin/restic' \"\$@\""
  write_program "$1/zstd" "exec $start '$root/usr/bin/zstd' \"\$@\""
  write_program "$1/borg" "PYTHONHOME='$root/usr' PYTHONDONTWRITEBYTECODE=1" 'export PYTHONHOME PYTHONDONTWRITEBYTECODE' \
    "exec $start '$python' '$root/usr/bin/borg' \"\$@\""
}

peers_run() {
  "$1/restic" version > /dev/null 2>&1 && "$1/borg" --version > /dev/null 2>&1 && "$1/zstd" --version > /dev/null 2>&1
}

# ensure_peers: a benchmark without a peer is still one, so nothing here ends bootstrap.
ensure_peers() {
  local home=$HOLDFAST_TOOLS/peers/$PEERS_SUITE-${RESTIC_VERSION%-*}-${BORG_VERSION%-*}-${ZSTD_VERSION%-*}
  PEERS_BIN=$home/bin
  if peers_run "$PEERS_BIN"; then return 0; fi
  # In a shell of its own: what would end bootstrap ends but that.
  (bring_peers "$home") && peers_run "$PEERS_BIN" && return 0
  say "restic, borg and zstd could not be had from Debian $PEERS_SUITE: the benchmark takes those that are on PATH"
  PEERS_BIN=''
}
